import { Worker } from 'node:worker_threads'
import { Unavailable } from './errors.ts'
import { type ObjectTask, type Put, WrongHash } from './object-file.ts'
import type { ThreadAnswer, ThreadCall } from './object-thread.ts'

/**
 * Threads that hash, encrypt and write objects, so that the thread that answers requests is kept neither by the arithmetic nor
 * by the waits of the file system, and both cores have work. They begin as they are needed.
 */
export type ObjectThreads = {
  /** Bytes in shared memory are not copied; nobody changes them before the answer. Throws `WrongHash`. */
  readonly keep: (task: ObjectTask, bytes: Uint8Array) => Promise<Put>
  readonly close: () => void
}

type Waiting = { readonly resolve: (put: Put) => void; readonly reject: (problem: Error) => void; readonly key: string }
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> }

/** Most of a thread's time is the disk's, and what is flushed at the same time shares a flush. Each is about 6 MB. */
const mostThreads = 6
/** While one object waits for the disk another is encrypted as soon as it is back. */
const mostEach = 2

/** @param onCache told once by each thread whose file system takes no direct transfers */
export function createObjectThreads(onCache?: () => void): ObjectThreads {
  const threads: (Thread | null)[] = Array.from({ length: mostThreads }, () => null)
  let nextId = 1

  function start(place: number): Thread {
    const worker = new Worker(new URL('./object-thread.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    })
    const thread: Thread = { worker, waiting: new Map() }
    worker.on('message', (answer: ThreadAnswer) => {
      if ('throughCache' in answer) {
        onCache?.()
        return
      }
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

  /**
   * The busiest that has no queue yet: it is awake, and waking another costs as much as encrypting. Then a new one, then the one
   * with the least to do.
   */
  function chosen(): Thread {
    const running = threads
      .filter((thread) => thread !== null)
      .sort((left, right) => right.waiting.size - left.waiting.size)
    const free = threads.indexOf(null)
    return (
      running.find(({ waiting }) => waiting.size < mostEach) ??
      (free < 0 ? undefined : start(free)) ??
      running.at(-1) ??
      start(0)
    )
  }

  return {
    keep: (task, bytes) =>
      new Promise((resolve, reject) => {
        const { worker, waiting } = chosen()
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

function settle(
  { resolve, reject, key }: Waiting,
  answer: Exclude<ThreadAnswer, { readonly throughCache: true }>,
): void {
  if ('put' in answer) {
    resolve(answer.put)
  } else if ('wrongHash' in answer) {
    reject(new WrongHash(key))
  } else {
    reject(Object.assign(new Error(answer.failed), { code: answer.code }))
  }
}
