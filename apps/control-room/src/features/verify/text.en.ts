import type { es } from './text.es.ts'

export const en: typeof es = {
  title: 'Verify evidence',
  lead: 'Check an evidence package on this very machine. Nothing is sent: you may cut the network before you begin.',
  drop: 'Drop the package (.zip) here and, if you have it, the trust file (trust.json)',
  choose: 'Choose files',
  package: 'Package',
  trust: 'Trust file',
  noTrust: 'no trust file: it will be said whether it is consistent, not whose it is',
  working: (name) => `Checking ${name}`,
  cancel: 'Cancel',
  unreadable: {
    package: 'The file could not be read to its end. Copy it again and repeat.',
    trust: 'The trust file cannot be read. Ask whoever gave it for another copy.',
  },
  checks: 'What was checked',
  facts: {
    recording: 'Recording',
    device: 'Device',
    officer: 'Officer',
    time: 'Time, by the camera',
    manifest: 'Hash of the manifest',
    missing: 'Missing time',
    none: 'nobody',
    nothing: 'nothing',
  },
  limits:
    'What it proves: which key signed which bytes, between which points of the ledger. What not: that the lens saw the truth, nor where it was.',
  trustNothing: 'If you do not trust this page, use the program had from elsewhere: npx --no-install sereno verify.',
  language: 'Español',
}
