import { toHex, utf8 } from '../bytes.ts'
import { openEntry, type VerifiedEntry } from '../custody.ts'
import { sha256Hex } from '../hash.ts'
import type { PublicKey } from '../keys.ts'
import type { Manifest } from '../manifest.ts'
import { memberNames } from '../package/content.ts'
import { exportProofOf, exportShape, notesShape } from '../package/extras.ts'
import { openPromise } from '../receipt.ts'
import { type Members, readJson } from './members.ts'
import type { Report } from './report.ts'
import { signatureBy } from './signatures.ts'

type AboutExport = {
  readonly exportEntry: string
  readonly promiseKeys: readonly PublicKey[]
  /** Of the log. */
  readonly origin: string
  readonly manifest: Manifest
}

/** No copy leaves without its own entry: among those proved, or promised by the log and opened here. */
export async function checkExport(
  members: Members,
  report: Report,
  entries: readonly VerifiedEntry[],
  about: AboutExport,
): Promise<void> {
  const proved = entries.find(({ leafHash }) => toHex(leafHash) === about.exportEntry)
  if (proved !== undefined) {
    if (!isExportOf(proved, about.manifest)) {
      report.failed('inclusion', 'export-differs', { detail: { index: proved.index } })
    }
    return
  }
  if (!members.has(memberNames.export)) {
    report.failed('inclusion', 'export-not-proved')
    return
  }
  const member = await readJson(members, memberNames.export, exportShape)
  const proof = member === null ? null : exportProofOf(member)
  const promise = proof === null ? null : openPromise(proof.promise)
  if (proof === null || promise?.ok !== true) {
    report.failed('inclusion', 'malformed-export')
    return
  }
  const entry = await openEntry({ ...proof, index: 0, proof: [] })
  if (entry === null) {
    report.failed('inclusion', 'field-does-not-open', { detail: { member: memberNames.export } })
    return
  }
  const { value, envelope } = promise.value
  const leafHash = toHex(entry.leafHash)
  const isOfThis = leafHash === about.exportEntry && value.leafHash === leafHash && value.origin === about.origin
  if (!isOfThis || !isExportOf(entry, about.manifest)) {
    report.failed('inclusion', 'export-differs')
    return
  }
  const state = await signatureBy(envelope, about.promiseKeys)
  if (state === 'unsupported') {
    report.notChecked('inclusion', 'unsupported-algorithm', { detail: { member: memberNames.export } })
  } else if (state === 'good') {
    report.warned('inclusion', 'export-promised', { detail: { includedByMs: value.includedByMs } })
  } else {
    report.failed('inclusion', 'export-not-proved')
  }
}

/** Each text is the one whose hash its entry committed to. */
export async function checkNotes(members: Members, report: Report, entries: readonly VerifiedEntry[]): Promise<void> {
  if (!members.has(memberNames.notes)) {
    return
  }
  const member = await readJson(members, memberNames.notes, notesShape)
  if (member === null) {
    report.failed('inclusion', 'malformed-notes')
    return
  }
  const byHash = new Map(entries.map((entry) => [toHex(entry.leafHash), entry]))
  for (const { entry, text } of member.notes) {
    const about = byHash.get(entry)
    if (!text.isWellFormed() || about?.fields.get('note') !== (await sha256Hex(utf8(text)))) {
      report.failed('inclusion', 'note-differs', { detail: about === undefined ? {} : { index: about.index } })
    }
  }
}

function isExportOf({ fields, leaf }: VerifiedEntry, manifest: Manifest): boolean {
  return (
    leaf.municipality === manifest.municipality &&
    fields.get('kind') === 'recording.exported' &&
    fields.get('allowed') === 'true' &&
    fields.get('subjects')?.split(' ').includes(`recording:${manifest.recording}`) === true
  )
}
