import type { DeviceSelf, Fix } from '@sereno/contracts'
import { type Position, type SeenCheckpoint, type StopReason, sha256Hex, toBase64Url, utf8 } from '@sereno/proof'
import type { Api } from './api.ts'
import type { Clip } from './clip.ts'
import type { Figures } from './figures.ts'
import { type LiveLeg, openLiveLeg } from './live-leg.ts'
import { type Chain, type Made, signMedia, signStop, turns } from './recording.ts'
import { openChannel, openSession, type Session } from './session.ts'
import { newSeed, type PhoneState, type StateFile, signerOfState } from './state.ts'
import { createUploads, type Uploads } from './upload.ts'
import type { Walker } from './walk.ts'

export type PhoneDeps = {
  readonly api: Api
  readonly file: StateFile
  readonly figures: Figures
  readonly walker: Walker
  readonly clip: Clip
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly random: () => number
  readonly bytes: (count: number) => Uint8Array
  readonly uuid: () => string
  readonly setToken: (token: string) => void
}
export type Phone = {
  readonly device: string
  readonly self: () => DeviceSelf
  readonly uploads: Uploads
  readonly recording: () => string | null
  readonly startShift: (pin: string) => Promise<void>
  readonly endShift: () => Promise<void>
  readonly start: () => Promise<string>
  readonly stop: (reason: StopReason) => Promise<void>
  readonly mark: () => Promise<void>
  readonly sos: () => Promise<void>
  /** Sends position and health; call it each second or two. */
  readonly beat: () => Promise<void>
  readonly close: () => Promise<void>
}

const legRetryMs = 1000
/** Thirty seconds before the touch, in pieces of two. */
const mostPreEventPieces = 15
const appVersion = 'simulator 0.1.0'

/** Makes the key and redeems an enrolment, always declared as simulated. */
export async function enrol(
  api: Api,
  file: StateFile,
  token: string,
  bytes: (count: number) => Uint8Array,
): Promise<PhoneState> {
  const keySeed = newSeed(bytes)
  const signer = await signerOfState({ keySeed })
  const { publicKey } = signer.key
  const self = await api.call('POST /device/enrol', {
    body: {
      token,
      publicKey,
      algorithm: 'ed25519',
      signature: toBase64Url(await signer.sign(utf8(`sereno-enrol-v1.${token}.${publicKey}`))),
      protection: 'software',
      simulated: true,
      appVersion,
      build: await sha256Hex(utf8(appVersion)),
    },
  })
  const state: PhoneState = {
    device: self.device.id,
    keySeed,
    keyEpoch: self.device.keyEpoch,
    counter: (self.lastCounter ?? -1) + 1,
    head: self.lastHead,
    open: null,
  }
  await file.write(state)
  return state
}

/** A virtual phone that is enrolled already. A recording that a crash left open gets its signed stop first. */
export async function wake(state: PhoneState, deps: PhoneDeps): Promise<Phone> {
  const { api, figures, clip, walker, nowMs } = deps
  const signer = await signerOfState(state)
  const session: Session = await openSession(api, state.device, signer, nowMs)
  deps.setToken(session.token())
  const uploads = createUploads(api, figures, deps.random)
  let checkpoint: SeenCheckpoint | null = session.self().checkpoint
  let running: {
    readonly recording: string
    readonly startedAtMs: number
    readonly before: number
    index: number
    timer: NodeJS.Timeout | null
  } | null = null
  let leg: LiveLeg | null = null
  let wanted = false
  let fixes: Fix[] = []
  let sinceSegment: Position[] = []
  let lastHealthMs = 0
  let shiftStartedAtMs = session.self().shift?.startedAt ?? nowMs()

  const self = session.self()
  const chain: Chain = {
    signer,
    state,
    inTurn: turns(),
    save: () => deps.file.write(state),
    installation: self.installation,
    municipality: self.municipality.id,
    build: await sha256Hex(utf8(appVersion)),
    serverTime: () => session.serverTime(nowMs()),
    checkpoint: () => checkpoint,
    monotonicMs: deps.monotonicMs,
    random: deps.bytes,
  }
  const send = (made: Made): void => {
    figures.segmentsMade += 1
    uploads.add({ recording: made.recording, sequence: made.sequence, body: made.body, sha256: made.sha256 })
    if (made.opening) {
      void api
        .call('POST /device/recordings/:id/positions', {
          params: { id: made.recording },
          body: { openings: [made.opening] },
        })
        .catch(() => undefined)
    }
  }
  if (state.open) {
    send(await signStop(chain, state.open.recording, nowMs(), 'recovered'))
  }
  const channel = openChannel(api, session, nowMs, (message) => {
    if (message.type === 'stream') {
      wanted = message.wanted
      streamIfWanted()
    } else if (message.type === 'checkpoint') {
      checkpoint = { size: message.size, root: message.root }
    }
  })
  const streamIfWanted = (): void => {
    if (wanted && running && !leg) {
      leg = openLiveLeg(api, {
        token: session.token(),
        signer,
        recording: running.recording,
        connection: deps.uuid(),
        clip,
        figures,
        onLost: () => {
          leg = null
          setTimeout(streamIfWanted, legRetryMs)
        },
      })
    } else if ((!wanted || !running) && leg) {
      leg.close()
      leg = null
    }
  }
  // One piece after the other, each signed when its last frame has passed, in step with the clock and not with the load.
  const record = async (): Promise<void> => {
    const now = running
    if (!now) {
      return
    }
    const positions = sinceSegment
    sinceSegment = []
    const made = await signMedia(chain, clip, {
      recording: now.recording,
      index: now.index,
      endedAtMs: nowMs(),
      preEvent: false,
      positions,
    })
    send(made)
    if (made.cut) {
      leg?.play(made.cut)
    }
    now.index += 1
    if (running === now) {
      const dueMs = now.startedAtMs + (now.index - now.before + 1) * (made.cut?.durationMs ?? 2000)
      now.timer = setTimeout(() => void record(), Math.max(0, dueMs - nowMs()))
    }
  }
  return {
    device: state.device,
    self: session.self,
    uploads,
    recording: () => running?.recording ?? null,
    startShift: async (pin) => {
      const shift = await api.call('POST /device/shift', { body: { pin, check: [...preShift] } })
      shiftStartedAtMs = shift.startedAt ?? nowMs()
    },
    endShift: async () => {
      await api.call('POST /device/shift/end', {})
    },
    start: async () => {
      const recording = deps.uuid()
      const startedAtMs = nowMs()
      // Nothing is in memory from before the shift: the phone was not issued then.
      const before = Math.max(0, Math.min(mostPreEventPieces, Math.floor((startedAtMs - shiftStartedAtMs) / 2000) - 1))
      running = { recording, startedAtMs, before, index: 0, timer: null }
      figures.recordings += 1
      sinceSegment = []
      for (; running.index < before; running.index += 1) {
        const endedAtMs = startedAtMs - (before - 1 - running.index) * 2000
        send(
          await signMedia(chain, clip, { recording, index: running.index, endedAtMs, preEvent: true, positions: [] }),
        )
      }
      channel.say({ type: 'recording', recording, sinceMs: startedAtMs })
      running.timer = setTimeout(() => void record(), 2000)
      streamIfWanted()
      return recording
    },
    stop: async (reason) => {
      const ended = running
      running = null
      streamIfWanted()
      if (ended) {
        clearTimeout(ended.timer ?? undefined)
        send(await signStop(chain, ended.recording, nowMs(), reason))
        channel.say({ type: 'recording', recording: null, sinceMs: null })
      }
    },
    mark: async () => {
      if (running) {
        await api.call('POST /device/recordings/:id/markers', {
          params: { id: running.recording },
          body: { id: deps.uuid(), atMs: nowMs() },
        })
      }
    },
    sos: async () => {
      figures.sos += 1
      await api.call('POST /device/sos', {
        body: {
          id: deps.uuid(),
          atMs: nowMs(),
          fix: walker.fixAt(nowMs()),
          ...(running ? { recording: running.recording } : {}),
        },
      })
    },
    beat: async () => {
      await session.renew()
      deps.setToken(session.token())
      channel.say({ type: 'ping', sentAtMs: nowMs() })
      const fix = walker.fixAt(nowMs())
      fixes.push(fix)
      sinceSegment.push(positionOf(fix))
      const sent = fixes.slice(-600)
      fixes = []
      figures.positionsSent += sent.length
      try {
        await api.call('POST /device/positions', { body: { fixes: sent } })
        figures.positionsAcknowledged += sent.length
      } catch (error) {
        fixes = [...sent, ...fixes]
        throw error
      }
      if (nowMs() - lastHealthMs > 30_000) {
        lastHealthMs = nowMs()
        await api.call('POST /device/health', {
          body: healthOf(uploads.waiting(), running?.recording ?? null, deps.random),
        })
      }
    },
    close: async () => {
      wanted = false
      leg?.close()
      channel.close()
      uploads.stop()
    },
  }
}

/** A pre-shift check in which all is well. */
export const preShift = [
  { item: 'battery', passed: true, value: '96 %' },
  { item: 'storage', passed: true, value: '7 h 20 min' },
  { item: 'persist', passed: true, value: 'sí' },
  { item: 'clock', passed: true, value: '0,2 s' },
  { item: 'gps', passed: true, value: '±4 m' },
  { item: 'lens', passed: true, value: 'limpia' },
] as const satisfies readonly { readonly item: string; readonly passed: boolean; readonly value: string }[]

function healthOf(queuedSegments: number, recording: string | null, random: () => number) {
  return {
    batteryPercent: 55 + Math.floor(random() * 40),
    charging: false,
    freeBytes: 24_000_000_000,
    clockOffsetMs: Math.round((random() - 0.5) * 400),
    appVersion,
    persisted: true,
    queuedSegments,
    recording,
  }
}

function positionOf(fix: Fix): Position {
  return {
    wallClockMs: Math.round(fix.atMs),
    latitudeE7: Math.round(fix.latitude * 1e7),
    longitudeE7: Math.round(fix.longitude * 1e7),
    accuracyCm: Math.round(fix.accuracyM * 100),
    altitudeCm: null,
    speedCmPerSecond: fix.speedMps === null ? null : Math.round(fix.speedMps * 100),
    headingCentidegrees: fix.headingDeg === null ? null : Math.round(fix.headingDeg * 100) % 36_000,
  }
}
