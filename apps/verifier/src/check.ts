/** The checking itself, apart from the page so that it answers while gigabytes are read. */
import {
  type DerivativeVerification,
  parseTrust,
  type Verification,
  verifyDerivative,
  verifyPackage,
} from '@sereno/proof'
import { checkTimestamp } from '@sereno/timestamp'
import { readAhead } from './read-ahead.ts'

/** With a lineage the file is a clip or a still, without one a package. */
export type Question = { readonly file: File; readonly trust: File | null; readonly lineage: File | null }
export type Answer =
  | { readonly type: 'progress'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly type: 'done'; readonly verification: Verification }
  | { readonly type: 'derivative'; readonly verification: DerivativeVerification }
  | { readonly type: 'unreadable'; readonly what: 'package' | 'trust' }

const tellEveryBytes = 16 * 1024 * 1024

/** In a worker: one question, one verification. Whoever asked ends it by ending the worker. */
export function answerQuestions(): void {
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    void check(data, (answer) => postMessage(answer))
  })
}

/** Verifies with bounded memory: one member of the package at a time, read from the disk as it is needed. */
export async function check({ file, trust, lineage }: Question, tell: (answer: Answer) => void): Promise<void> {
  const parsed = trust === null ? null : await readTrust(trust)
  if (parsed?.ok === false) {
    tell({ type: 'unreadable', what: 'trust' })
    return
  }
  let told = 0
  const options = {
    ...(parsed === null ? {} : { trust: parsed.value }),
    onProgress: (doneBytes: number, totalBytes: number) => {
      if (doneBytes - told >= tellEveryBytes) {
        told = doneBytes
        tell({ type: 'progress', doneBytes, totalBytes })
      }
    },
  }
  try {
    if (lineage !== null) {
      const said = new Uint8Array(await lineage.arrayBuffer())
      tell({ type: 'derivative', verification: await verifyDerivative(readAhead(file), said, options) })
      return
    }
    const stamps = { checkTimestamp, nowMs: Date.now() }
    tell({ type: 'done', verification: await verifyPackage(readAhead(file), { ...options, ...stamps }) })
  } catch {
    tell({ type: 'unreadable', what: 'package' })
  }
}

async function readTrust(file: File): Promise<ReturnType<typeof parseTrust>> {
  const bytes = await file.arrayBuffer().catch(() => new ArrayBuffer(0))
  return parseTrust(new Uint8Array(bytes))
}
