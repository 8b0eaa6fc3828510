import { fromUtf8, toHex } from '../bytes.ts'
import type { VerifiedCheckpoint } from '../checkpoint.ts'
import { type CustodyProof, isIncluded, openEntry, type VerifiedEntry } from '../custody.ts'
import type { Envelope } from '../dsse.ts'
import { importVerifier, type PublicKey } from '../keys.ts'
import type { Manifest } from '../manifest.ts'
import { enrolmentShape, entriesShape, memberNames } from '../package/content.ts'
import type { Trust } from '../trust.ts'
import { type Attestation, type JudgedCheckpoint, judgeCheckpoint, mlDsaState } from '../witnessing.ts'
import { checkExport, checkNotes } from './export.ts'
import { type Members, readJson } from './members.ts'
import type { Report } from './report.ts'
import type { DeviceKey } from './segments.ts'

export type Enrolment = { readonly proof: CustodyProof; readonly entry: VerifiedEntry; readonly simulated: boolean }

/** The signed checkpoint that everything is proved against, or null. */
export async function checkCheckpoint(
  members: Members,
  report: Report,
  keys: Trust | null,
): Promise<JudgedCheckpoint | null> {
  const member = await members.read(memberNames.checkpoint)
  const note = member === null ? null : fromUtf8(member.bytes)
  if (note === null || keys === null) {
    report.failed('checkpoint', note === null ? 'member-missing' : 'unknown-key')
    return null
  }
  const judged = await judgeCheckpoint(note, keys)
  if (!judged.ok) {
    if (judged.code === 'unsupported-algorithm') {
      report.notChecked('checkpoint', judged.code)
    } else {
      report.failed('checkpoint', judged.code)
    }
    return null
  }
  const { checkpoint, attestation } = judged.value
  report.passed('checkpoint', { detail: { size: checkpoint.size, root: toHex(checkpoint.root) } })
  checkWitnesses(report, attestation)
  return judged.value
}

// The trust file says who must have cosigned; what the package claims about its own witnesses counts for nothing.
function checkWitnesses(report: Report, { witnesses, quorum, unsupported }: Attestation): void {
  const detail = { count: witnesses.length, quorum, names: witnesses.map(({ name }) => name).join(', ') }
  if (quorum === 0 && witnesses.length === 0) {
    report.notChecked('witnesses', unsupported > 0 ? 'unsupported-algorithm' : 'not-witnessed')
  } else if (witnesses.length >= quorum) {
    report.passed('witnesses', { detail })
  } else if (witnesses.length + unsupported >= quorum) {
    report.notChecked('witnesses', 'unsupported-algorithm', { detail })
  } else {
    report.failed('witnesses', 'quorum-not-reached', { detail })
  }
}

/** ML-DSA-44 beside Ed25519, on checkpoint and manifest: what still holds when Ed25519 no longer does. */
export async function checkPostQuantum(
  report: Report,
  signed: {
    readonly checkpoint: JudgedCheckpoint | null
    readonly manifest: Envelope | null
    readonly manifestKeys: readonly PublicKey[]
  },
): Promise<void> {
  const { checkpoint, manifest, manifestKeys } = signed
  if (checkpoint === null || manifest === null) {
    return
  }
  const states = [checkpoint.mlDsa, await mlDsaState(manifest, manifestKeys)]
  if (states.includes('bad')) {
    report.failed('post-quantum', 'bad-signature')
  } else if (states.includes('unsupported')) {
    report.notChecked('post-quantum', 'unsupported-algorithm')
  } else if (states.includes('missing')) {
    report.warned('post-quantum', 'signature-missing')
  } else if (states.includes('unused')) {
    report.notChecked('post-quantum', 'no-such-key')
  } else {
    report.passed('post-quantum')
  }
}

/** The device's key, as the ledger has it. */
export async function readEnrolment(
  members: Members,
  report: Report,
): Promise<{ readonly enrolment: Enrolment | null; readonly key: DeviceKey }> {
  const member = await readJson(members, memberNames.enrolment, enrolmentShape)
  const entry = member === null ? null : await openEntry(member.entry)
  if (member === null || entry === null) {
    report.failed('device-enrolment', member === null ? 'malformed-enrolment' : 'field-does-not-open')
    return { enrolment: null, key: null }
  }
  const simulated = entry.fields.get('simulated')
  const key: PublicKey = {
    algorithm: entry.fields.get('algorithm') ?? '',
    publicKey: entry.fields.get('publicKey') ?? '',
  }
  if (entry.fields.get('kind') !== 'device.enrolled' || (simulated !== 'true' && simulated !== 'false')) {
    report.failed('device-enrolment', 'malformed-enrolment')
    return { enrolment: null, key: null }
  }
  const enrolment = { proof: member.entry, entry, simulated: simulated === 'true' }
  const verifier = await importVerifier(key)
  if (verifier.ok) {
    return { enrolment, key: verifier.value }
  }
  if (verifier.code === 'unsupported-algorithm') {
    report.notChecked('device-enrolment', verifier.code)
    return { enrolment, key: 'unsupported' }
  }
  report.failed('device-enrolment', verifier.code)
  return { enrolment, key: null }
}

/** That the manifest is of the device that was enrolled. */
export function checkEnrolment(report: Report, enrolment: Enrolment | null, manifest: Manifest | null): void {
  if (enrolment === null || manifest === null) {
    return
  }
  const { entry } = enrolment
  const agrees =
    entry.fields.get('device') === manifest.device &&
    entry.fields.get('keyEpoch') === String(manifest.keyEpoch) &&
    (entry.fields.get('installation') ?? manifest.installation) === manifest.installation &&
    entry.leaf.municipality === manifest.municipality &&
    toHex(entry.leafHash) === manifest.enrolment
  if (agrees) {
    report.passed('device-enrolment', { detail: { device: manifest.device, index: entry.index } })
  } else {
    report.failed('device-enrolment', 'enrolment-differs')
  }
}

/** Every entry opens and is in the log; the manifest's own hash and the export's own entry are among them. */
export async function checkInclusion(
  members: Members,
  report: Report,
  about: {
    readonly checkpoint: VerifiedCheckpoint | null
    readonly enrolment: Enrolment | null
    readonly manifest: Manifest | null
    readonly manifestSha256: string | null
    /** Leaf hash of the export's own entry, as the package names it; null when that could not be read. */
    readonly exportEntry: string | null
    readonly promiseKeys: readonly PublicKey[]
  },
): Promise<void> {
  const custody = await readJson(members, memberNames.entries, entriesShape)
  if (custody === null) {
    report.failed('inclusion', 'malformed-entries')
    return leaveUnread(members)
  }
  const proofs = about.enrolment === null ? custody.entries : [about.enrolment.proof, ...custody.entries]
  const { checkpoint } = about
  if (checkpoint === null) {
    report.notChecked('inclusion', 'no-checkpoint', { detail: { entries: proofs.length } })
    return leaveUnread(members)
  }
  const entries: VerifiedEntry[] = []
  for (const proof of proofs) {
    const entry = await openEntry(proof)
    if (entry === null || !(await isIncluded(proof, checkpoint.checkpoint))) {
      report.failed('inclusion', entry === null ? 'field-does-not-open' : 'not-included', {
        detail: { index: proof.index },
      })
    } else {
      entries.push(entry)
    }
  }
  const seal = entries.find((entry) => sealsManifest(entry, about.manifest, about.manifestSha256))
  if (seal === undefined) {
    report.failed('inclusion', 'manifest-not-in-ledger')
    return leaveUnread(members)
  }
  const dropped = about.manifest === null ? [] : droppedHeads(entries, seal, about.manifest)
  for (const { index, sequence } of dropped) {
    report.failed('inclusion', 'head-differs', { segment: sequence, detail: { index } })
  }
  for (const { index, fields } of entries.filter((entry) => setsApart(entry, about.manifest))) {
    report.warned('inclusion', 'quarantined', { detail: { index, why: fields.get('code') ?? '' } })
  }
  if (about.exportEntry === null || about.manifest === null) {
    return leaveUnread(members)
  }
  const { exportEntry, manifest, promiseKeys } = about
  await checkExport(members, report, entries, {
    exportEntry,
    manifest,
    promiseKeys,
    origin: checkpoint.checkpoint.origin,
  })
  await checkNotes(members, report, entries)
  if (!report.hasFailed('inclusion')) {
    report.passed('inclusion', { detail: { entries: entries.length } })
  }
}

// What hangs on the entries cannot be judged without them; it belongs to a package all the same.
async function leaveUnread(members: Members): Promise<void> {
  await members.read(memberNames.export)
  await members.read(memberNames.notes)
}

// Heads that the log took down while the recording grew, and that the manifest sealed after them does not have:
// what was received has been exchanged or left out since.
function droppedHeads(
  entries: readonly VerifiedEntry[],
  seal: VerifiedEntry,
  manifest: Manifest,
): readonly { readonly index: number; readonly sequence: number }[] {
  const sealed = new Set(manifest.statements.map(({ sequence, statement }) => `${sequence}/${statement}`))
  for (const { sequence, statements } of manifest.equivocations) {
    for (const statement of statements) {
      sealed.add(`${sequence}/${statement}`)
    }
  }
  return entries
    .filter(({ index, fields }) => index < seal.index && fields.get('kind') === 'recording.head')
    .filter(({ fields }) => fields.get('subjects')?.split(' ').includes(`recording:${manifest.recording}`) === true)
    .filter(({ fields }) => !sealed.has(`${fields.get('sequence')}/${fields.get('head')}`))
    .map(({ index, fields }) => ({ index, sequence: Number(fields.get('sequence') ?? 0) }))
}

// The installation itself set the recording apart until a person looked.
function setsApart({ fields }: VerifiedEntry, manifest: Manifest | null): boolean {
  return (
    manifest !== null &&
    fields.get('kind') === 'recording.quarantined' &&
    fields.get('subjects')?.split(' ').includes(`recording:${manifest.recording}`) === true
  )
}

function sealsManifest({ fields, leaf }: VerifiedEntry, manifest: Manifest | null, sha256: string | null): boolean {
  return (
    manifest !== null &&
    leaf.municipality === manifest.municipality &&
    fields.get('kind') === 'recording.sealed' &&
    fields.get('recording') === manifest.recording &&
    fields.get('manifest') === sha256
  )
}
