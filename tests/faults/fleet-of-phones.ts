import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createApi, Refused } from '../../apps/simulator/src/api.ts'
import { type Clip, readClip } from '../../apps/simulator/src/clip.ts'
import { type Desk, prepare } from '../../apps/simulator/src/office.ts'
import { enrol, preShift } from '../../apps/simulator/src/phone.ts'
import { type Chain, type Made, signMedia, signStop, turns } from '../../apps/simulator/src/recording.ts'
import { openSession } from '../../apps/simulator/src/session.ts'
import { signerOfState, stateFile } from '../../apps/simulator/src/state.ts'
import { root } from '../product.ts'

/** A phone that sends as fast as it can and remembers exactly what was acknowledged. */
export type Sender = {
  readonly device: string
  readonly recording: string
  /** Sequences whose receipt arrived. */
  readonly acknowledged: Set<number>
  /** Signs the next segment and sends until the server has answered or `signal` aborts. */
  readonly sendNext: (signal: AbortSignal) => Promise<void>
  /** Sends again what was signed and not acknowledged, then the stop. */
  readonly finish: () => Promise<void>
}

export async function makeSenders(
  url: string,
  desk: Desk,
  count: number,
): Promise<{ readonly senders: readonly Sender[]; readonly moveTo: (url: string) => void }> {
  let base = url
  const clip = await readClip(join(root, 'apps/simulator/clips/cruce.mp4'))
  const prepared = await prepare(desk, count, `F${randomBytes(2).toString('hex').toUpperCase()}-`)
  const senders = await Promise.all(prepared.map((one) => makeSender(() => base, clip, one)))
  return {
    senders,
    moveTo: (next) => {
      base = next
    },
  }
}

async function makeSender(
  url: () => string,
  clip: Clip,
  one: { readonly token: string; readonly issue: (device: string) => Promise<string> },
): Promise<Sender> {
  let token = ''
  const headers = (): Record<string, string> => (token ? { authorization: `Device ${token}` } : {})
  const here = url()
  // The port stays the same over restarts; only the process changes.
  const api = createApi(here, fetch, headers)
  const bytes = (size: number): Uint8Array => new Uint8Array(randomBytes(size))
  const file = await stateFile(null, 'sender')
  const state = await enrol(api, file, one.token, bytes)
  const pin = await one.issue(state.device)
  const signer = await signerOfState(state)
  const session = await openSession(api, state.device, signer, Date.now)
  token = session.token()
  await api.call('POST /device/shift', { body: { pin, check: [...preShift] } })
  const self = session.self()
  const recording = randomUUID()
  const chain: Chain = {
    signer,
    state,
    inTurn: turns(),
    save: () => file.write(state),
    installation: self.installation,
    municipality: self.municipality.id,
    build: '0'.repeat(64),
    serverTime: () => null,
    checkpoint: () => null,
    monotonicMs: () => performance.now(),
    random: bytes,
  }
  const acknowledged = new Set<number>()
  const waiting = new Map<number, Made>()
  let index = 0
  const send = async (made: Made, signal?: AbortSignal): Promise<void> => {
    const reachable = createApi(url(), (address, init) => fetch(address, signal ? { ...init, signal } : init), headers)
    await reachable.call('PUT /recordings/:id/segments/:sequence', {
      params: { id: recording, sequence: made.sequence },
      body: made.body,
    })
    acknowledged.add(made.sequence)
    waiting.delete(made.sequence)
  }
  return {
    device: state.device,
    recording,
    acknowledged,
    sendNext: async (signal) => {
      const made = await signMedia(chain, clip, {
        recording,
        index,
        endedAtMs: Date.now(),
        preEvent: false,
        positions: [],
      })
      index += 1
      waiting.set(made.sequence, made)
      await send(made, signal).catch((error: unknown) => {
        if (error instanceof Refused && error.status < 500) {
          throw error
        }
      })
    },
    finish: async () => {
      const stop = await signStop(chain, recording, Date.now(), 'officer')
      for (const made of [...waiting.values(), stop]) {
        await send(made)
      }
    },
  }
}
