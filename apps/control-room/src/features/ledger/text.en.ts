import type { Worded } from '@sereno/text'
import type { ledgerEs } from './text.es.ts'

export const ledgerEn = {
  title: 'Ledger',
  size: (n: string) => `${n} entries`,
  what: 'Every look, export and change is here. It only grows, and anyone outside can check it.',
  checkpoint: 'Published checkpoint',
  kind: 'Deed',
  any: 'all',
  subject: 'About',
  subjectHint: 'recording:…, device:…, person:…',
  clear: 'Clear filters',
  index: 'No.',
  at: 'When',
  who: 'Who',
  purpose: 'Why',
  policy: 'Policy',
  allowed: 'Allowed',
  denied: 'denied',
  yes: 'yes',
  pending: 'pending',
  hidden: 'content not visible to you',
  lost: 'content lost',
  more: 'Load more',
  empty: 'No entry with those filters.',
  choose: 'Choose an entry to see its content and its proof.',
  fields: 'Content',
  proof: 'Inclusion proof',
  proofWhy:
    'From the leaf, these nodes and the published checkpoint the root is computed again (RFC 6962). If it matches, the entry was there and is unchanged.',
  checking: 'Checking…',
  holds: 'The proof matches the published checkpoint.',
  fails: 'The proof does NOT match the published checkpoint.',
  leaf: 'Leaf',
  node: 'Node',
  path: (n: number) => (n === 1 ? '1 node' : `${n} nodes`),
  ask: 'Ask for the proof',
  verifier: 'Verify it yourself',
  verify: 'Verify a package',
  raw: 'See the checkpoint as published',
  witnessing: {
    title: 'Who watches this ledger',
    none: 'Nobody outside attests it yet. An ombudsman, a university or a newspaper can, with one line: sereno witness.',
    tooFew: 'Two witnesses outside the municipality are needed before what is published demands them.',
    quorum: (n: number) => `Nothing is published without ${n} witnesses outside the municipality.`,
    municipal: 'municipal, does not count',
    cosigned: 'attested',
    never: 'has not attested yet',
    problem: (code: string) =>
      code === 'unreachable'
        ? 'does not answer'
        : code.startsWith('ahead')
          ? 'has seen more than there is here: an old copy was restored'
          : code === 'not-granted' || code.startsWith('refused')
            ? 'refused'
            : 'answered something that cannot be checked',
    add: 'Accept a witness',
    remove: 'Remove',
    removeWho: (name: string) => `Remove ${name}`,
    reason: 'Reason',
    reasonHint: 'It stays in the ledger, with your name.',
    accept: 'Accept',
    cancel: 'Cancel',
    delayed: (have: number, want: number) => `Publication waits for witnesses (${have} of ${want}) since`,
    delayedNext: 'Work goes on and everything is entered; tell the witnesses that do not answer.',
    states: {
      behind: 'The database is older than what was signed: read only. Follow the guide to recover it.',
      forked: 'The database contradicts what was signed: read only. Tell the overseers.',
      missing:
        'Entries that were published are missing: read only. Keep a copy of the database and tell the overseers.',
      rewritten: 'Somebody changed entries: read only. Keep a copy of the database and tell the overseers.',
    },
    form: {
      name: 'Name',
      nameHint: 'As people know it: Ombudsman, University, newspaper.',
      keys: 'Keys',
      keysHint: 'The two lines that sereno witness prints.',
      url: 'Address',
      urlHint: 'Empty if the witness comes to fetch by itself.',
      municipal: 'It belongs to the municipality (does not count towards the minimum)',
    },
    stamps: 'Time stamps',
    noAuthority: 'No time-stamping authority configured. Two are advisable.',
    stampCounts: (held: string, waiting: number) =>
      waiting === 0 ? `${held} stamps kept, none waiting.` : `${held} stamps kept, ${waiting} waiting.`,
    expiring: (n: number) => (n === 1 ? 'One stamp ends within 90 days.' : `${n} stamps end within 90 days.`),
    stamped: 'stamped',
    neverStamped: 'has not stamped yet',
    addAuthority: 'Add an authority',
    authorityForm: {
      name: 'Name',
      url: 'Address of the service (RFC 3161)',
      urlHint: 'https://…',
      certificate: 'Root certificate',
      certificateHint: 'In PEM form. Every stamp is checked with it, here and in packages.',
    },
  },
} as const satisfies Worded<typeof ledgerEs>
