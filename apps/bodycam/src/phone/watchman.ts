import type { Fix } from '@sereno/contracts'
import type { EngineApi, EngineState } from '../engine/protocol.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { type CaptureEvent, isOpen } from './capture.ts'
import { networkKind, readBattery, readStorage, roomWarning } from './sensors.ts'
import type { Signals } from './signals.ts'
import { themeByLight, themeBySun } from './sun.ts'
import { type PhoneView, roomMinutes } from './view.ts'

export type Watchman = {
  readonly start: () => void
  readonly onEngine: (state: EngineState) => void
  readonly onFix: (fix: Fix) => void
  readonly retheme: () => void
}
export type WatchmanDeps = {
  readonly view: () => PhoneView
  readonly change: (next: Partial<PhoneView>) => void
  readonly happen: (event: CaptureEvent) => void
  readonly applyEngine: (state: EngineState) => void
  readonly engine: EngineApi
  readonly recorder: () => Recorder | null
  readonly signals: Signals
  readonly stop: (reason: 'storage-full') => void
}

const stillRecordingMs = 120_000
const notRecordingMs = 5000

/** Looks after what nobody touches: the second's beat, room, battery, light, and what the hand must feel. */
export function createWatchman(deps: WatchmanDeps): Watchman {
  const { view, change, happen, engine, signals } = deps
  let seconds = 0
  let lux: number | null = null
  let fingerDown = false
  let warned: number | null = null
  let lastBeatMs = 0
  let networkTold = true

  const retheme = (): void => {
    const { choices, fix, theme } = view()
    const next =
      choices.theme !== 'auto' ? choices.theme : lux !== null ? themeByLight(lux, theme) : themeBySun(Date.now(), fix)
    // never under a finger: a control that changes colour while it is held looks like another one
    if (next !== theme && !fingerDown) {
      change({ theme: next })
    }
  }
  const beat = (atMs: number): void => {
    const { capture, engine: state } = view()
    if (capture.kind === 'recording' && atMs - lastBeatMs > stillRecordingMs) {
      lastBeatMs = atMs
      signals.feel('stillRecording')
    } else if (capture.kind === 'interrupted' && atMs - lastBeatMs > notRecordingMs) {
      lastBeatMs = atMs
      signals.feel('notRecording')
    } else if (!isOpen(capture)) {
      lastBeatMs = atMs
    }
    const away = state.phase === 'enrolled' && !state.reached
    if (isOpen(capture) && away === networkTold) {
      networkTold = !away
      signals.feel(away ? 'networkLost' : 'networkBack')
    }
  }
  const survey = async (): Promise<void> => {
    const [battery, storage] = await Promise.all([readBattery(), readStorage()])
    change({ battery, storage, network: networkKind() })
    const minutes = roomMinutes(view())
    const warning = minutes === null ? null : roomWarning(minutes)
    if (isOpen(view().capture) && warning !== null && (warned === null || warning < warned)) {
      signals.feel('storage')
    }
    warned = warning
    if (minutes !== null && minutes < 1 && isOpen(view().capture)) {
      deps.stop('storage-full')
    }
  }
  const report = (): void => {
    const { battery, storage, engine: state } = view()
    if (state.phase === 'enrolled') {
      const health = {
        batteryPercent: battery?.percent ?? null,
        charging: battery?.charging ?? null,
        freeBytes: storage === null ? null : Math.round(storage.freeBytes),
        persisted: storage?.persisted ?? null,
      }
      engine.health(health).catch(() => undefined)
    }
  }
  const tick = (): void => {
    seconds += 1
    happen({ type: 'tick', atMs: Date.now() })
    deps.recorder()?.watch()
    beat(Date.now())
    if (seconds % 5 === 1) {
      void survey()
    }
    if (seconds % 30 === 3) {
      report()
    }
    if (seconds % 10 === 0) {
      retheme()
    }
    const { mark } = view()
    if (mark !== null && Date.now() - mark.atMs > 10_000) {
      change({ mark: null })
    }
  }

  return {
    start: () => {
      setInterval(tick, 1000)
      tick()
      listenToLight((next) => {
        lux = next
      })
      document.addEventListener('visibilitychange', () => {
        const recorder = deps.recorder()
        if (document.hidden) {
          recorder?.cause('background')
          recorder?.requestKeyFrame()
        } else {
          recorder?.watch()
          void engine.hurry().catch(() => undefined)
        }
      })
      window.addEventListener('online', () => void engine.hurry().catch(() => undefined))
      for (const type of ['pointerdown', 'pointerup', 'pointercancel'] as const) {
        window.addEventListener(type, () => {
          fingerDown = type === 'pointerdown'
        })
      }
    },
    onEngine: (state) => {
      const before = view().engine
      deps.applyEngine(state)
      if ((state.watchers?.length ?? 0) > (before.watchers?.length ?? 0)) {
        signals.feel('watched')
      }
      if (before.sos !== null && before.sos.id === state.sos?.id) {
        if (before.sos.answeredAtMs === null && state.sos.answeredAtMs !== null) {
          signals.feel('sosSent')
        } else if (before.sos.attempts === 2 && state.sos.attempts === 3 && state.sos.answeredAtMs === null) {
          signals.feel('sosStuck')
        }
        if (before.sos.alarm?.acknowledgedAt == null && state.sos.alarm?.acknowledgedAt != null) {
          signals.feel('sosSeen')
        }
        const closed = state.sos.alarm?.closedAt != null && before.sos.alarm?.closedAt == null
        if (closed || (state.sos.cancelled && !before.sos.cancelled)) {
          void engine.dismissSos()
        }
      }
    },
    onFix: (fix) => {
      const first = view().fix === null
      change({ fix })
      deps.recorder()?.fix(fix)
      engine.fix(fix).catch(() => undefined)
      if (first) {
        retheme()
      }
    },
    retheme,
  }
}

function listenToLight(onLux: (lux: number) => void): void {
  if (!('AmbientLightSensor' in window)) {
    return
  }
  try {
    const sensor = new AmbientLightSensor({ frequency: 1 })
    sensor.addEventListener('reading', () => {
      if (sensor.illuminance !== null) {
        onLux(sensor.illuminance)
      }
    })
    sensor.start()
  } catch {
    // not allowed here: the sun decides
  }
}
