import { openSocket } from '../channel/channel.ts'
import { openOpfs } from '../journal/opfs.ts'
import { CameraChanged } from '../journal/scribe.ts'
import { openKeyDatabase } from '../keys/device-keys.ts'
import { createServer, Refused, Unreachable } from '../session/server.ts'
import { createEngine } from './engine.ts'
import type { EngineApi, EngineState, FromEngine, ToEngine } from './protocol.ts'

// The entry of the engine's worker: waits for the one lock, then answers the page.
const waiting: ToEngine[] = []
let api: EngineApi | null = null

self.onmessage = (event: MessageEvent<ToEngine>) => {
  if (api === null) {
    waiting.push(event.data)
  } else {
    void answer(api, event.data)
  }
}

function post(message: FromEngine): void {
  self.postMessage(message)
}

async function answer(engine: EngineApi, { id, name, args }: ToEngine): Promise<void> {
  try {
    const run = engine[name] as (...given: readonly unknown[]) => Promise<unknown>
    post({ kind: 'answer', id, value: await run(...args) })
  } catch (error) {
    const code =
      error instanceof Refused
        ? error.code
        : error instanceof Unreachable
          ? 'unreachable'
          : error instanceof DOMException && error.name === 'QuotaExceededError'
            ? 'storage-full'
            : error instanceof CameraChanged
              ? 'camera-changed'
              : 'failed'
    post({ kind: 'failure', id, code, detail: error instanceof Error ? error.message : String(error) })
  }
}

async function begin(): Promise<void> {
  const origin = self.location.origin
  const socketOrigin = origin.replace(/^http/, 'ws')
  const engine = createEngine({
    root: await openOpfs('sereno'),
    keyDatabase: await openKeyDatabase('sereno-keys'),
    server: createServer((url, init) => fetch(url, init), origin),
    around: {
      nowMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      random: () => Math.random(),
      uuid: () => crypto.randomUUID(),
      schedule: (delayMs, run) => {
        const timer = setTimeout(run, delayMs)
        return () => clearTimeout(timer)
      },
      openSocket: (path) => openSocket(socketOrigin + path),
    },
    emit: (state) => post({ kind: 'state', state }),
    requestKeyFrame: () => post({ kind: 'key-frame' }),
  })
  api = engine
  for (const message of waiting.splice(0)) {
    void answer(engine, message)
  }
}

const away: Omit<EngineState, 'phase' | 'problem'> = {
  self: null,
  reached: false,
  reachedAtMs: null,
  serverTime: null,
  watchers: null,
  streamWanted: false,
  streaming: false,
  sos: null,
  recordings: [],
  tape: '',
  abandoned: null,
}

// Two tabs would give the same number twice: the second one waits, and goes on by itself when the first is closed.
void navigator.locks.request('sereno-phone', { ifAvailable: true }, async (lock) => {
  if (lock !== null) {
    await hold()
    return
  }
  post({ kind: 'state', state: { ...away, phase: 'second-tab', problem: null } })
  void navigator.locks.request('sereno-phone', hold)
})

async function hold(): Promise<never> {
  try {
    await begin()
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    post({ kind: 'state', state: { ...away, phase: 'broken', problem } })
  }
  return new Promise<never>(() => undefined)
}
