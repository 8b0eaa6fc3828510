import type { EngineApi, EngineState, FromEngine, ToEngine } from '../engine/protocol.ts'

/** A call that the engine could not do, with the server's code or `unreachable`, `storage-full`, `failed`. */
export class EngineFailure extends Error {
  readonly code: string
  constructor(code: string, detail: string) {
    super(detail)
    this.code = code
  }
}
export type EngineClient = {
  readonly api: EngineApi
  readonly state: () => EngineState
  readonly dispose: () => void
}

const names = [
  'start',
  'enrol',
  'startShift',
  'endShift',
  'open',
  'media',
  'gap',
  'stop',
  'marker',
  'category',
  'fix',
  'health',
  'tracks',
  'chunk',
  'sos',
  'cancelSos',
  'dismissSos',
  'hurry',
  'forgetAbandoned',
] as const satisfies readonly (keyof EngineApi)[]
type Named = Record<(typeof names)[number], unknown>

export const noEngineYet: EngineState = {
  phase: 'starting',
  problem: null,
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

/** The page's end of the engine's worker: calls by name, answers by number, states as they come. */
export function connectEngine(
  worker: Worker,
  events: { readonly onState: (state: EngineState) => void; readonly onKeyFrame: () => void },
): EngineClient {
  let state = noEngineYet
  let next = 1
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  worker.onmessage = (event: MessageEvent<FromEngine>) => {
    const message = event.data
    switch (message.kind) {
      case 'state':
        state = message.state
        events.onState(state)
        return
      case 'key-frame':
        events.onKeyFrame()
        return
      case 'answer':
        open.get(message.id)?.resolve(message.value)
        open.delete(message.id)
        return
      case 'failure':
        open.get(message.id)?.reject(new EngineFailure(message.code, message.detail))
        open.delete(message.id)
        return
    }
  }
  worker.onerror = () => {
    for (const call of open.values()) {
      call.reject(new EngineFailure('failed', 'the engine stopped'))
    }
    open.clear()
  }
  const call = (name: keyof EngineApi, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next
      next += 1
      open.set(id, { resolve, reject })
      worker.postMessage({ id, name, args } satisfies ToEngine)
    })
  const entries = names.map((name) => [name, (...args: readonly unknown[]) => call(name, args)])
  return {
    // a call that is missing from the table above does not compile: Named would lack it
    api: Object.fromEntries(entries) as Named satisfies Record<keyof EngineApi, unknown> as EngineApi,
    state: () => state,
    dispose: () => worker.terminate(),
  }
}
