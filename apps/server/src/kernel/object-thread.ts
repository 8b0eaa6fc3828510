/** A thread that keeps objects (`object-file.ts`), started by `object-threads.ts`. It knows files and nothing else. */
import { parentPort } from 'node:worker_threads'
import { footageAead } from './aead.ts'
import { createDirectorySync } from './directory-sync.ts'
import { createObjectKeeper, type ObjectTask, type Put, WrongHash } from './object-file.ts'

export type ThreadCall = { readonly id: number; readonly task: ObjectTask; readonly bytes: Uint8Array }
export type ThreadAnswer =
  | { readonly id: number; readonly put: Put }
  | { readonly id: number; readonly wrongHash: true }
  | { readonly id: number; readonly failed: string; readonly code: string | null }

const keep = createObjectKeeper(footageAead, createDirectorySync())

parentPort?.on('message', async ({ id, task, bytes }: ThreadCall) => {
  parentPort?.postMessage(
    await keep(task, bytes).then(
      (put): ThreadAnswer => ({ id, put }),
      (problem: unknown): ThreadAnswer =>
        problem instanceof WrongHash ? { id, wrongHash: true } : { id, failed: String(problem), code: codeOf(problem) },
    ),
  )
})

function codeOf(problem: unknown): string | null {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : null
}
