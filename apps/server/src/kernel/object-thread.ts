/**
 * A thread that keeps objects whose bytes are all there (`object-file.ts`), started by `object-threads.ts`: one object after the
 * other, its waits for the disk included. It knows files and nothing else.
 */
import { parentPort } from 'node:worker_threads'
import { footageAead } from './aead.ts'
import { createDirectFiles } from './direct-file.ts'
import { keepWhole, type ObjectTask, type Put, WrongHash } from './object-file.ts'

export type ThreadCall = { readonly id: number; readonly task: ObjectTask; readonly bytes: Uint8Array }
export type ThreadAnswer =
  | { readonly id: number; readonly put: Put }
  | { readonly id: number; readonly wrongHash: true }
  | { readonly id: number; readonly failed: string; readonly code: string | null }
  /** The file system takes no direct transfers: from now on through its cache. */
  | { readonly throughCache: true }

const say = (answer: ThreadAnswer): void => parentPort?.postMessage(answer)
const files = createDirectFiles({ onCache: () => say({ throughCache: true }) })

parentPort?.on('message', ({ id, task, bytes }: ThreadCall) => {
  try {
    say({ id, put: keepWhole(footageAead, files, task, bytes) })
  } catch (problem) {
    say(problem instanceof WrongHash ? { id, wrongHash: true } : { id, failed: String(problem), code: codeOf(problem) })
  }
})

function codeOf(problem: unknown): string | null {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : null
}
