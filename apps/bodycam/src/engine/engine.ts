import type { DeviceSelf } from '@sereno/contracts'
import type { Folder } from '../journal/folder.ts'
import type { Clocks } from '../journal/scribe.ts'
import { createKeeper, type Keeper, readJson } from '../journal/vault.ts'
import { type DeviceKeys, makeEnrolmentKeys, openKeys } from '../keys/device-keys.ts'
import { Refused, type Server } from '../session/server.ts'
import { signEnrolment } from '../session/session.ts'
import type { Delivery } from './delivery.ts'
import { type Device, openDevice } from './device.ts'
import { createFormers, type Formers, keepFormerSelf } from './formers.ts'
import type { EngineApi, EnginePhase, EngineState, RecordingSummary } from './protocol.ts'
import { summarize, tapeOf } from './summary.ts'
import type { Surroundings } from './surroundings.ts'

export type EngineDeps = {
  readonly root: Folder
  readonly keyDatabase: IDBDatabase
  readonly server: Server
  readonly around: Surroundings
  readonly emit: (state: EngineState) => void
  readonly requestKeyFrame: () => void
}

const tapePieces = 60

/** The engine behind the page: see {@link EngineApi}. It outlives anything that React does. */
export function createEngine(deps: EngineDeps): EngineApi {
  const { around, root, server } = deps
  let phase: EnginePhase = 'starting'
  let problem: string | null = null
  let keys: DeviceKeys | null = null
  let self: DeviceSelf | null = null
  let selfFile: Keeper<DeviceSelf> | null = null
  let device: Device | null = null
  let formers: Formers | null = null
  let reached = false
  let reachedAtMs: number | null = null
  let abandoned: EngineState['abandoned'] = null
  let isEmitting = false
  let started = { build: '', appVersion: '' }

  const changed = (): void => {
    // several pieces change together; one picture of them is enough
    if (!isEmitting) {
      isEmitting = true
      around.schedule(60, () => {
        isEmitting = false
        deps.emit(stateNow())
      })
    }
  }
  const stateNow = (): EngineState => {
    const own = device?.journal.recordings() ?? []
    return {
      phase,
      problem,
      self,
      reached,
      reachedAtMs,
      serverTime: device?.clock.time(around.monotonicMs()) ?? null,
      watchers: device?.line.watchers() ?? null,
      streamWanted: device?.line.leg.isWanted() ?? false,
      streaming: device?.line.leg.isStreaming() ?? false,
      sos: device?.sos.state() ?? null,
      recordings: deliveries().flatMap(summaries),
      tape: tapeOf(own.at(-1) ?? null, tapePieces),
      abandoned,
    }
  }
  /** What was recorded under an earlier name first, then what this device recorded. */
  const deliveries = (): readonly Delivery[] => [...(formers?.all() ?? []), ...(device === null ? [] : [device])]
  const summaries = ({ journal, uploader, doubt }: Delivery): readonly RecordingSummary[] =>
    journal.recordings().map((index) => summarize(index, uploader.stuck(), doubt(index.id)))
  const onReached = (now: boolean): void => {
    if (now && !reached && device?.line.channel.isOpen() === false) {
      device.line.channel.hurry()
    }
    reached = now
    reachedAtMs = now ? around.nowMs() : reachedAtMs
    changed()
  }
  const keepSelf = async (next: DeviceSelf): Promise<void> => {
    self = next
    phase = next.device.state === 'revoked' || next.device.state === 'retired' ? 'revoked' : 'enrolled'
    changed()
    await selfFile?.keep(next)
  }
  /** Asks the server who we are; a refusal is an answer too (revoked). */
  const refresh = async (): Promise<void> => {
    const current = theDevice()
    try {
      await keepSelf(await current.session.run((token) => server.call('GET /device/self', { token })))
      onReached(true)
    } catch (error) {
      if (error instanceof Refused) {
        onReached(true)
        if (error.code === 'device.revoked' || error.code === 'device.not-found') {
          phase = 'revoked'
        }
      } else {
        onReached(false)
      }
    }
    changed()
  }
  const begin = async (known: DeviceSelf, using: DeviceKeys, clocks: Clocks | null): Promise<void> => {
    device?.dispose()
    device = null
    selfFile = createKeeper(using.vault, root, 'self')
    const opened = await openDevice({
      root,
      keys: using,
      server,
      around,
      build: started.build,
      self: known,
      fresh: clocks === null,
      latestSelf: () => self ?? known,
      onSelf: (next) => void keepSelf(next),
      onReached,
      onShift: () => void refresh(),
      onChange: changed,
      requestKeyFrame: deps.requestKeyFrame,
    })
    // what a kill left open is closed before the page hears of anything it could begin
    if (clocks !== null) {
      await closeAbandoned(opened, clocks)
    }
    device = opened
    await keepSelf(known)
    formers ??= createFormers({
      root,
      keyDatabase: deps.keyDatabase,
      vault: using.vault,
      server,
      around,
      onChange: changed,
    })
    // what an earlier name left here must not keep the new one from working
    await formers.open(known.device.id).catch(() => undefined)
    void opened.sealEnded()
  }
  const beginRounds = (): void => {
    round(5_000, (current) => current.fixes.flush())
    round(10_000, async (current) => {
      await current.tidy()
      changed()
    })
    round(15_000, async () => formers?.round())
    round(60_000, refresh)
  }
  const holderOf = (recording: string): Delivery =>
    deliveries().find(({ journal }) => journal.recording(recording) !== null) ?? theDevice()
  const closeAbandoned = async (opened: Device, clocks: Clocks): Promise<void> => {
    const closed = await opened.scribe.closeAbandoned(clocks)
    const last = closed.at(-1)
    if (last !== undefined) {
      const lastMs = last.pieces.findLast((piece) => piece.what === 'media')?.wallClockMs ?? 0
      abandoned = { recording: last.id, lastMs }
    }
  }
  const theDevice = (): Device => {
    if (device === null) {
      throw new Refused('device.not-found', 404)
    }
    return device
  }
  const round = (everyMs: number, run: (current: Device) => Promise<void>): void => {
    around.schedule(everyMs, () => {
      const done = device === null ? Promise.resolve() : run(device)
      // a round that fails (no network) is simply run again
      void done.catch(() => undefined).then(() => round(everyMs, run))
    })
  }

  return {
    start: async ({ build, appVersion, clocks }) => {
      started = { build, appVersion }
      try {
        keys = await openKeys(deps.keyDatabase)
        const known = await readJson<DeviceSelf>(keys.vault, root, 'self', 'self')
        if (known === null) {
          phase = 'not-enrolled'
          changed()
          return
        }
        await begin(known, keys, clocks)
        void refresh()
        beginRounds()
      } catch (error) {
        phase = 'broken'
        problem = error instanceof Error ? error.message : String(error)
      }
      changed()
    },
    enrol: async (token) => {
      const { keys: fresh, promote } = await makeEnrolmentKeys(deps.keyDatabase)
      const next = await server.call('POST /device/enrol', {
        body: {
          token,
          publicKey: fresh.publicKey.publicKey,
          algorithm: 'ed25519',
          signature: await signEnrolment(fresh.signer, token),
          protection: 'software',
          simulated: false,
          appVersion: started.appVersion,
          build: started.build,
        },
      })
      const before = device?.id === next.device.id ? null : self
      if (before !== null && keys !== null) {
        await keepFormerSelf(root, keys.vault, before)
      }
      await promote(before?.device.id ?? null)
      const first = device === null
      keys = fresh
      await begin(next, fresh, null)
      if (first) {
        beginRounds()
      }
      onReached(true)
    },
    startShift: async (body) => {
      await theDevice().session.run((token) => server.call('POST /device/shift', { body, token }))
      await refresh()
    },
    endShift: async () => {
      await theDevice().session.run((token) => server.call('POST /device/shift/end', { token }))
      await refresh()
    },
    open: async (recording, atMs, sos) => {
      await theDevice().scribe.open(recording, atMs, sos)
      theDevice().line.recording(recording, atMs)
      changed()
    },
    media: async (recording, input) => {
      const { signed } = await theDevice().scribe.media(recording, input)
      changed()
      return signed
    },
    gap: async (recording, input) => {
      const { signed } = await theDevice().scribe.gap(recording, input)
      changed()
      return signed
    },
    stop: async (recording, reason, clocks) => {
      const current = theDevice()
      current.line.recording(null, null)
      await current.scribe.stop(recording, reason, clocks)
      // from here on this phone cannot open what it holds of it
      void current.sealEnded()
      changed()
    },
    marker: async (recording, marker) => {
      await theDevice().journal.note(recording, { kind: 'marker', marker })
      changed()
    },
    category: async (recording, category, note) => {
      const holder = holderOf(recording)
      await holder.journal.note(recording, { kind: 'category', category, note })
      changed()
      // kept is enough for the officer; it goes up when it can
      holder.tidy().catch(() => undefined)
    },
    fix: async (fix) => device?.fixes.add(fix),
    health: async (health) => {
      const current = theDevice()
      const time = current.clock.time(around.monotonicMs())
      const recordings = current.journal.recordings()
      const open = recordings.find((index) => index.stopReason === null)
      const queued = recordings.flatMap((index) => index.pieces).filter((piece) => piece.state === 'held').length
      const body = {
        ...health,
        appVersion: started.appVersion,
        clockOffsetMs: time === null ? null : -time.offsetMs,
        queuedSegments: queued,
        recording: open?.id ?? null,
      }
      await current.session.run((token) => server.call('POST /device/health', { body, token }))
      onReached(true)
    },
    tracks: async (tracks) => theDevice().line.leg.tracks(tracks),
    chunk: async (message) => theDevice().line.leg.offer(message),
    sos: async (call) => {
      theDevice().line.insist(true)
      await theDevice().sos.raise(call)
    },
    cancelSos: (safe) => theDevice().sos.cancel(safe),
    dismissSos: async () => {
      theDevice().line.insist(false)
      await theDevice().sos.dismiss()
    },
    hurry: async () => {
      const current = theDevice()
      current.line.channel.hurry()
      current.uploader.hurry()
      formers?.hurry()
      current.sos.pump()
      await refresh()
    },
    forgetAbandoned: async () => {
      abandoned = null
      changed()
    },
  }
}
