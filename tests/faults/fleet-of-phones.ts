import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createApi, Refused } from '../../apps/simulator/src/api.ts'
import { type Clip, readClip } from '../../apps/simulator/src/clip.ts'
import { type Desk, prepare } from '../../apps/simulator/src/office.ts'
import { enrol, preShift } from '../../apps/simulator/src/phone.ts'
import { type Chain, type Made, signMedia, signStop, turns } from '../../apps/simulator/src/recording.ts'
import { openSession } from '../../apps/simulator/src/session.ts'
import { signerOfState, stateFile } from '../../apps/simulator/src/state.ts'
import { root } from '../product.ts'

/** What a phone was answered: from here on the server answers for these bytes. */
export type Acknowledged = {
  readonly recording: string
  readonly sequence: number
  readonly kind: 'media' | 'stop'
  /** Of the statement that travelled; what a receipt names. */
  readonly statement: string
  /** SHA-256 of the media, null of a stop. */
  readonly media: string | null
  readonly receipt: string
}

/** A phone that sends as fast as it can and remembers exactly what was acknowledged. */
export type Sender = {
  readonly device: string
  /** The recording it makes now. */
  readonly recording: () => string
  /** What was acknowledged of that recording, by sequence. */
  readonly acknowledged: () => ReadonlyMap<number, Acknowledged>
  /** Signs the next segment and sends until the server has answered or `signal` aborts. */
  readonly sendNext: (signal: AbortSignal) => Promise<void>
  /** Sends again what was signed and not acknowledged, then the stop. May be asked again when it failed. */
  readonly finish: (signal?: AbortSignal) => Promise<void>
  /** Sends again what was signed and not acknowledged. */
  readonly resend: (signal?: AbortSignal) => Promise<void>
  /** Begins another recording. */
  readonly begin: () => void
  /** Sends the last acknowledged upload once more; answers what was answered both times. */
  readonly repeat: () => Promise<{ readonly recording: string; readonly first: string; readonly again: string } | null>
  /** A fresh session, where the old one has expired. */
  readonly renew: () => Promise<void>
}

export type Fleet = {
  readonly senders: readonly Sender[]
  readonly moveTo: (url: string) => void
}

export async function makeSenders(
  url: string,
  desk: Desk,
  count: number,
  nowMs: () => number = Date.now,
): Promise<Fleet> {
  let base = url
  const clip = await readClip(join(root, 'apps/simulator/clips/cruce.mp4'))
  const prepared = await prepare(desk, count, `F${randomBytes(2).toString('hex').toUpperCase()}-`)
  const senders = await Promise.all(prepared.map((one) => makeSender(() => base, clip, one, nowMs)))
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
  nowMs: () => number,
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
  const session = await openSession(api, state.device, signer, nowMs)
  token = session.token()
  await api.call('POST /device/shift', { body: { pin, check: [...preShift] } })
  const self = session.self()
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
  let recording = randomUUID()
  let acknowledged = new Map<number, Acknowledged>()
  const waiting = new Map<number, Made>()
  let index = 0
  let isStopped = false
  let last: { readonly made: Made; readonly receipt: string } | null = null
  const put = async (made: Made, signal?: AbortSignal): Promise<string> => {
    const reachable = createApi(url(), (address, init) => fetch(address, signal ? { ...init, signal } : init), headers)
    const { receipt } = await reachable.call('PUT /recordings/:id/segments/:sequence', {
      params: { id: made.recording, sequence: made.sequence },
      body: made.body,
    })
    return receipt
  }
  const send = async (made: Made, signal?: AbortSignal): Promise<void> => {
    const receipt = await put(made, signal)
    const { sequence, sha256: statement, cut } = made
    const media = cut === null ? null : createHash('sha256').update(cut.media).digest('hex')
    const kind = cut === null ? 'stop' : 'media'
    acknowledged.set(sequence, { recording: made.recording, sequence, kind, statement, media, receipt })
    waiting.delete(sequence)
    last = { made, receipt }
  }
  const resend = async (signal?: AbortSignal): Promise<void> => {
    for (const made of [...waiting.values()]) {
      await send(made, signal)
    }
  }
  return {
    device: state.device,
    resend,
    recording: () => recording,
    acknowledged: () => acknowledged,
    sendNext: async (signal) => {
      const made = await signMedia(chain, clip, {
        recording,
        index,
        endedAtMs: nowMs(),
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
    finish: async (signal) => {
      if (!isStopped) {
        const stop = await signStop(chain, recording, nowMs(), 'officer')
        waiting.set(stop.sequence, stop)
        isStopped = true
      }
      await resend(signal)
    },
    begin: () => {
      recording = randomUUID()
      acknowledged = new Map()
      waiting.clear()
      index = 0
      isStopped = false
    },
    repeat: async () => {
      const repeated = last
      return repeated === null
        ? null
        : { recording: repeated.made.recording, first: repeated.receipt, again: await put(repeated.made) }
    },
    renew: async () => {
      await session.renew()
      token = session.token()
    },
  }
}
