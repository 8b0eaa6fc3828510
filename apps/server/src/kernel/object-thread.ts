/**
 * A thread that keeps objects whose bytes are all there, started by `object-threads.ts`: compares the hash, then steps 1 to 5 of
 * `object-file.ts`, one object after the other and without turning to other work: its waits for the disk are its own. It knows
 * files and nothing else.
 */
import { renameSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { footageAead } from './aead.ts'
import { createDirectFiles } from './direct-file.ts'
import { checkStated, type ObjectTask, type Put, pieces, sizesOf, WrongHash } from './object-file.ts'

export type ThreadCall = { readonly id: number; readonly task: ObjectTask; readonly bytes: Uint8Array }
export type ThreadAnswer =
  | { readonly id: number; readonly put: Put }
  | { readonly id: number; readonly wrongHash: true }
  | { readonly id: number; readonly failed: string; readonly code: string | null }

const files = createDirectFiles()

parentPort?.on('message', ({ id, task, bytes }: ThreadCall) => {
  try {
    parentPort?.postMessage({ id, put: keep(task, bytes) } satisfies ThreadAnswer)
  } catch (problem) {
    parentPort?.postMessage(
      problem instanceof WrongHash
        ? ({ id, wrongHash: true } satisfies ThreadAnswer)
        : ({ id, failed: String(problem), code: codeOf(problem) } satisfies ThreadAnswer),
    )
  }
})

function keep(task: ObjectTask, bytes: Uint8Array): Put {
  checkStated(task.key, bytes, task.sha256)
  const existing = sizesOf(footageAead, task.target)
  if (existing !== null) {
    return existing
  }
  const storedBytes = files.write(task.temporary, () => pieces(footageAead, task, bytes))
  renameSync(task.temporary, task.target)
  return { sizeBytes: bytes.length, storedBytes }
}

function codeOf(problem: unknown): string | null {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : null
}
