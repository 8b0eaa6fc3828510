import {
  formatAddCheckpoint,
  formatSignatures,
  type NoteVerifier,
  openNote,
  parseVkey,
  readSignatures,
  verifyNote,
} from '@sereno/proof'
import { boundedBody } from '../../kernel/bounded-answer.ts'
import type { StoredWitness } from './witness-store.ts'

/** Sends a body; answers status and text. Rejects when nobody answers within the time. */
export type Post = (
  url: string,
  body: string,
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly text: string }>

/** A signed checkpoint, with the proofs that a witness may ask for. */
export type ToCosign = {
  readonly size: number
  readonly note: string
  readonly proofFrom: (oldSize: number) => Promise<readonly Uint8Array[]>
}

export type Cosigned = { readonly lines: string; readonly signedAt: number }

/** `unreachable`, `refused <status>`, `ahead <size>`, `bad-signature`: what is shown of a witness that did not cosign. */
export type CosignProblem = { readonly problem: string }

const answerWithinMs = 3_000
const answerBytes = 65_536

export const postOverHttp: Post = async (url, body, timeoutMs) => {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'error',
  })
  return { status: response.status, text: new TextDecoder().decode(await boundedBody(response, answerBytes)) }
}

/**
 * Asks a witness (C2SP tlog-witness). One that remembers another size is asked a second time from there; one that has
 * seen more than we hold is a finding of its own: then it is we who have lost something.
 */
export async function askWitness(
  post: Post,
  witness: StoredWitness & { readonly url: string },
  known: number,
  checkpoint: ToCosign,
): Promise<Cosigned | CosignProblem> {
  try {
    const first = await request(post, witness.url, known, checkpoint)
    const size = first.status === 409 ? Number(first.text.trim()) : null
    if (size === null) {
      return await judgeAnswer(witness, checkpoint.note, first)
    }
    if (!Number.isSafeInteger(size) || size > checkpoint.size) {
      return { problem: `ahead ${size}` }
    }
    const second = await request(post, witness.url, size, checkpoint)
    return await judgeAnswer(witness, checkpoint.note, second)
  } catch {
    return { problem: 'unreachable' }
  }
}

async function request(post: Post, url: string, oldSize: number, checkpoint: ToCosign) {
  const body = formatAddCheckpoint({
    oldSize,
    proof: await checkpoint.proofFrom(oldSize),
    checkpoint: checkpoint.note,
  })
  return post(`${url.replace(/\/+$/, '')}/add-checkpoint`, body, answerWithinMs)
}

async function judgeAnswer(
  witness: StoredWitness,
  note: string,
  { status, text }: { readonly status: number; readonly text: string },
): Promise<Cosigned | CosignProblem> {
  if (status !== 200) {
    return { problem: `refused ${status}` }
  }
  return (await cosignedBy(witness, note, text)) ?? { problem: 'bad-signature' }
}

/** The lines among these that are the witness's own good cosignatures of the note, or null. */
export async function cosignedBy(witness: StoredWitness, note: string, lines: string): Promise<Cosigned | null> {
  const opened = openNote(note)
  const signatures = readSignatures(lines)
  if (!opened.ok || signatures === null) {
    return null
  }
  const verifiers = await verifiersOf(witness.vkeys)
  const own = signatures.filter(({ name }) => verifiers.some((verifier) => verifier.name === name))
  const signed = await verifyNote({ text: opened.value.text, signatures: own }, verifiers)
  if (!signed.ok || signed.value.length === 0) {
    return null
  }
  const good = own.filter(({ keyHash }) =>
    signed.value.some(({ by }) => Buffer.from(by.keyHash).equals(keyHash) && by.use === 'cosignature'),
  )
  const times = signed.value.flatMap(({ timestampS }) => (timestampS === null ? [] : [timestampS]))
  return good.length === 0 ? null : { lines: formatSignatures(good), signedAt: Math.max(...times) * 1000 }
}

async function verifiersOf(vkeys: readonly string[]): Promise<readonly NoteVerifier[]> {
  const parsed = await Promise.all(vkeys.map(parseVkey))
  return parsed.flatMap((result) => (result.ok ? [result.value] : []))
}
