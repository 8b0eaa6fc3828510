import { Worker } from 'node:worker_threads'
import { Unavailable } from './errors.ts'
import { type ObjectTask, type Put, WrongHash } from './object-file.ts'
import type { ThreadAnswer, ThreadCall } from './object-thread.ts'

/**
 * Threads that hash, encrypt and write large objects, so that the thread that answers requests is not kept by one for long:
 * neither by the arithmetic nor by the waits of the file system. They begin with the first such object.
 */
export type ObjectThreads = {
  /** Bytes in shared memory are not copied; nobody changes them before the answer. Throws `WrongHash`. */
  readonly keep: (task: ObjectTask, bytes: Uint8Array) => Promise<Put>
  readonly close: () => void
}

type Waiting = { readonly resolve: (put: Put) => void; readonly reject: (problem: Error) => void; readonly key: string }
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> }

/** Two keep two cores busy; more only wait for the same disk. A thread is about 5 MB. */
const threadCount = 2

export function createObjectThreads(): ObjectThreads {
  const threads: (Thread | null)[] = Array.from({ length: threadCount }, () => null)
  let nextId = 1

  function start(place: number): Thread {
    const worker = new Worker(new URL('./object-thread.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    })
    const thread: Thread = { worker, waiting: new Map() }
    worker.on('message', (answer: ThreadAnswer) => {
      const waiting = thread.waiting.get(answer.id)
      thread.waiting.delete(answer.id)
      if (thread.waiting.size === 0) {
        worker.unref()
      }
      if (waiting !== undefined) {
        settle(waiting, answer)
      }
    })
    worker.on('error', (cause) => end(place, thread, cause))
    worker.on('exit', () => end(place, thread, undefined))
    worker.unref()
    threads[place] = thread
    return thread
  }

  // Whoever waits tries again; the next object begins another thread.
  function end(place: number, thread: Thread, cause: unknown): void {
    if (threads[place] === thread) {
      threads[place] = null
    }
    for (const { reject } of thread.waiting.values()) {
      reject(new Unavailable('storage', { cause }))
    }
    thread.waiting.clear()
  }

  /** The thread with the least to do. */
  function idlest(): Thread {
    let best = 0
    for (const [place, thread] of threads.entries()) {
      if ((thread?.waiting.size ?? 0) < (threads[best]?.waiting.size ?? 0)) {
        best = place
      }
    }
    return threads[best] ?? start(best)
  }

  return {
    keep: (task, bytes) =>
      new Promise((resolve, reject) => {
        const { worker, waiting } = idlest()
        const id = nextId
        nextId += 1
        waiting.set(id, { resolve, reject, key: task.key })
        worker.ref()
        // A view of unshared memory would travel with all of that memory.
        const given = bytes.buffer instanceof SharedArrayBuffer ? bytes : new Uint8Array(bytes)
        worker.postMessage({ id, task, bytes: given } satisfies ThreadCall)
      }),
    close() {
      for (const thread of threads) {
        void thread?.worker.terminate()
      }
    },
  }
}

function settle({ resolve, reject, key }: Waiting, answer: ThreadAnswer): void {
  if ('put' in answer) {
    resolve(answer.put)
  } else if ('wrongHash' in answer) {
    reject(new WrongHash(key))
  } else {
    reject(Object.assign(new Error(answer.failed), { code: answer.code }))
  }
}
