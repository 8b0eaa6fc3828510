/** The checking itself, apart from the page so that it answers while gigabytes are read. */
import { parseTrust, type Verification, verifyPackage } from '@sereno/proof'
import { checkTimestamp } from '@sereno/timestamp'
import { readAhead } from './read-ahead.ts'

export type Question = { readonly file: File; readonly trust: File | null }
export type Answer =
  | { readonly type: 'progress'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly type: 'done'; readonly verification: Verification }
  | { readonly type: 'unreadable'; readonly what: 'package' | 'trust' }

const tellEveryBytes = 16 * 1024 * 1024

/** In a worker: one question, one verification. Whoever asked ends it by ending the worker. */
export function answerQuestions(): void {
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    void check(data, (answer) => postMessage(answer))
  })
}

/** Verifies with bounded memory: one member of the package at a time, read from the disk as it is needed. */
export async function check({ file, trust }: Question, tell: (answer: Answer) => void): Promise<void> {
  const parsed = trust === null ? null : await readTrust(trust)
  if (parsed?.ok === false) {
    tell({ type: 'unreadable', what: 'trust' })
    return
  }
  let told = 0
  try {
    const verification = await verifyPackage(readAhead(file), {
      ...(parsed === null ? {} : { trust: parsed.value }),
      checkTimestamp,
      nowMs: Date.now(),
      onProgress: (doneBytes, totalBytes) => {
        if (doneBytes - told >= tellEveryBytes) {
          told = doneBytes
          tell({ type: 'progress', doneBytes, totalBytes })
        }
      },
    })
    tell({ type: 'done', verification })
  } catch {
    tell({ type: 'unreadable', what: 'package' })
  }
}

async function readTrust(file: File): Promise<ReturnType<typeof parseTrust>> {
  const bytes = await file.arrayBuffer().catch(() => new ArrayBuffer(0))
  return parseTrust(new Uint8Array(bytes))
}
