import { fromHex, toHex } from './bytes.ts'
import { type CheckpointProblem, type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { parseCheckpoint } from './checkpoint-body.ts'
import { type Envelope, isSignedBy } from './dsse.ts'
import { importVerifier, keyId, type PublicKey } from './keys.ts'
import { mlDsa44 } from './ml-dsa.ts'
import { openNote } from './note.ts'
import { type NoteVerifier, parseVkey, readVkey } from './note-key.ts'
import { accept, type Result, refuse } from './result.ts'
import type { Trust, TrustedWitness } from './trust.ts'

export type WitnessSeen = { readonly name: string; readonly timestampS: number }

/** Which of the trusted witnesses cosigned, each once, with the newest time of its keys. */
export type Attestation = {
  readonly witnesses: readonly WitnessSeen[]
  readonly quorum: number
  /** Witnesses none of whose keys can be checked here. */
  readonly unsupported: number
}

/** `missing`: the trust file has such a key and it has not signed. `unused`: it has none. */
export type MlDsaState = 'signed' | 'missing' | 'unsupported' | 'unused'

export type JudgedCheckpoint = VerifiedCheckpoint & {
  readonly attestation: Attestation
  readonly mlDsa: MlDsaState
  /** It is of a log that the one in the trust file continues. */
  readonly isPrevious: boolean
}

type Log = Pick<Trust['log'], 'origin' | 'keys'> & {
  readonly end: { readonly size: number; readonly root: string } | null
}

/**
 * Judges a checkpoint by a trust file: the log's own signature, by the keys of the log that it names; then the
 * witnesses, which are the trust file's and nobody else's. A previous log ends where the trust file says.
 */
export async function judgeCheckpoint(
  noteText: string,
  trust: Pick<Trust, 'log' | 'witnesses' | 'quorum' | 'previousLogs'>,
): Promise<Result<JudgedCheckpoint, CheckpointProblem | 'unsupported-algorithm'>> {
  const log = logNamed(noteText, trust)
  const own = await verifiersOf(log.keys)
  const witnesses = await Promise.all(trust.witnesses.map((witness) => verifiersOf(witness.keys)))
  const all = [...own.known, ...witnesses.flatMap(({ known }) => known)]
  const verified = await verifyCheckpoint(noteText, log.origin, all)
  if (!verified.ok) {
    return verified.code === 'unknown-key' && own.unsupported > 0 ? refuse('unsupported-algorithm') : verified
  }
  const { checkpoint } = verified.value
  if (log.end !== null && !endsWithin(checkpoint, log.end)) {
    return refuse('wrong-origin')
  }
  return accept({
    ...verified.value,
    attestation: attestationOf(verified.value, trust.witnesses, trust.quorum ?? 0, witnesses),
    mlDsa: mlDsaOf(verified.value, log.keys, own.known),
    isPrevious: log.end !== null,
  })
}

/** Counts the trusted witnesses among those that signed. `resolved` holds the verifiers of each. */
export function attestationOf(
  verified: Pick<VerifiedCheckpoint, 'signed'>,
  witnesses: readonly TrustedWitness[],
  quorum: number,
  resolved: readonly { readonly known: readonly NoteVerifier[] }[],
): Attestation {
  const seen: WitnessSeen[] = []
  let unsupported = 0
  for (const [place, { name }] of witnesses.entries()) {
    const known = resolved[place]?.known ?? []
    const times = verified.signed
      .filter(({ by, timestampS }) => timestampS !== null && known.includes(by))
      .map(({ timestampS }) => timestampS ?? 0)
    if (times.length > 0) {
      seen.push({ name, timestampS: Math.max(...times) })
    }
    unsupported += known.length === 0 ? 1 : 0
  }
  return { witnesses: seen, quorum, unsupported }
}

/** Whether an envelope carries a good ML-DSA-44 signature by one of these keys; `bad` when one does not hold. */
export async function mlDsaState(envelope: Envelope, keys: readonly PublicKey[]): Promise<MlDsaState | 'bad'> {
  const own = keys.filter(({ algorithm }) => algorithm === mlDsa44)
  let state: MlDsaState | 'bad' = own.length === 0 ? 'unused' : 'missing'
  for (const key of own) {
    const id = await keyId(key)
    if (envelope.signatures.some((signature) => signature.keyId === id)) {
      const verifier = await importVerifier(key)
      if (!verifier.ok) {
        state = 'unsupported'
      } else {
        return (await isSignedBy(envelope, verifier.value)) ? 'signed' : 'bad'
      }
    }
  }
  return state
}

function mlDsaOf({ signed }: VerifiedCheckpoint, vkeys: readonly string[], known: readonly NoteVerifier[]): MlDsaState {
  const isMlDsa = (algorithm: string | undefined): boolean => algorithm === mlDsa44
  if (!vkeys.some((vkey) => isMlDsa(readVkey(vkey)?.key?.algorithm))) {
    return 'unused'
  }
  if (!known.some(({ verifier }) => isMlDsa(verifier.key.algorithm))) {
    return 'unsupported'
  }
  return signed.some(({ by }) => known.includes(by) && isMlDsa(by.verifier.key.algorithm)) ? 'signed' : 'missing'
}

function logNamed(noteText: string, trust: Pick<Trust, 'log' | 'previousLogs'>): Log {
  const note = openNote(noteText)
  const named = note.ok ? parseCheckpoint(note.value.text) : null
  const previous = trust.previousLogs?.find(({ origin }) => named?.ok === true && named.value.origin === origin)
  return previous === undefined ? { ...trust.log, end: null } : { ...previous, end: previous }
}

function endsWithin(
  checkpoint: { readonly size: number; readonly root: Uint8Array },
  end: { readonly size: number; readonly root: string },
): boolean {
  return (
    checkpoint.size < end.size ||
    (checkpoint.size === end.size && fromHex(end.root) !== null && toHex(checkpoint.root) === end.root)
  )
}

async function verifiersOf(
  vkeys: readonly string[],
): Promise<{ readonly known: readonly NoteVerifier[]; readonly unsupported: number }> {
  const parsed = await Promise.all(vkeys.map(parseVkey))
  return {
    known: parsed.flatMap((result) => (result.ok ? [result.value] : [])),
    unsupported: parsed.filter((result) => !result.ok && result.code === 'unsupported-algorithm').length,
  }
}
