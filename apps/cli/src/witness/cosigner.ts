import {
  answerAddCheckpoint,
  cosign,
  formatSignatures,
  type NoteVerifier,
  parseVkey,
  type WitnessAnswer,
} from '@sereno/proof'
import type { WitnessKeys } from './keys.ts'
import type { Memory } from './memory.ts'

export type Cosigned =
  | { readonly status: 200; readonly lines: string; readonly size: number; readonly origin: string }
  | Exclude<WitnessAnswer, { readonly status: 200 }>

/** Judges and answers requests of C2SP tlog-witness, one at a time. */
export type Cosigner = { readonly answer: (body: string) => Promise<Cosigned> }

/**
 * 1 judge by what was kept · 2 keep the new size and root, fsynced · 3 sign. A crash between 2 and 3: the log asks again
 * with the old size, is told the new one, and gets its cosignature then. Never two roots of one size.
 */
export function createCosigner(keys: WitnessKeys, memory: Memory, nowMs: () => number): Cosigner {
  let last: Promise<unknown> = Promise.resolve()

  async function answerNow(body: string): Promise<Cosigned> {
    const verifiers = new Map<string, readonly NoteVerifier[]>()
    for (const log of memory.logs()) {
      verifiers.set(log.origin, await verifiersOf(log.vkeys))
    }
    const answer = await answerAddCheckpoint(body, (origin) => {
      const log = memory.find(origin)
      return log === null ? null : { verifiers: verifiers.get(origin) ?? [], memory: log.memory }
    })
    if (answer.status !== 200) {
      return answer
    }
    const { checkpoint, note } = answer.verified
    const log = memory.find(checkpoint.origin)
    if (log === null) {
      return { status: 404 }
    }
    const { origin, size, root } = checkpoint
    memory.keep({ ...log, memory: { size, root } })
    const timestampS = Math.floor(nowMs() / 1000)
    const signed = await Promise.all(keys.signers.map((signer) => cosign(note.text, keys.name, signer, timestampS)))
    return { status: 200, lines: formatSignatures(signed), size, origin }
  }

  return {
    answer(body) {
      const next = last.then(() => answerNow(body))
      last = next.catch(() => undefined)
      return next
    },
  }
}

async function verifiersOf(vkeys: readonly string[]): Promise<readonly NoteVerifier[]> {
  const parsed = await Promise.all(vkeys.map(parseVkey))
  return parsed.flatMap((result) => (result.ok ? [result.value] : []))
}
