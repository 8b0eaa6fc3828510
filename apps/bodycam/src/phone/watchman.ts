import type { Fix } from '@sereno/contracts'
import type { EngineApi, EngineState } from '../engine/protocol.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { beatOf } from './alphabet.ts'
import { type CaptureEvent, isOpen } from './capture.ts'
import { networkKind, readBattery, readStorage } from './sensors.ts'
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
  readonly turn: (quality: 'full') => void
}

/** How long a slow phone is shown after the last frame it left out. */
const overloadShownMs = 20_000
/** With this much room in full quality there is no reason for less. */
const roomForFullMinutes = 120

/** Looks after what nobody touches: the second's beat, room, battery, light, and what the hand must feel. */
export function createWatchman(deps: WatchmanDeps): Watchman {
  const { view, change, happen, engine, signals } = deps
  let seconds = 0
  let lux: number | null = null
  let fingerDown = false
  let lastBeatMs = 0

  const retheme = (): void => {
    const { choices, fix, theme } = view()
    const light = lux !== null ? 'sensor' : fix !== null ? 'sun' : 'clock'
    if (light !== view().light) {
      change({ light })
    }
    const next =
      choices.theme !== 'auto' ? choices.theme : lux !== null ? themeByLight(lux, theme) : themeBySun(Date.now(), fix)
    // never under a finger: a control that changes colour while it is held looks like another one
    if (next !== theme && !fingerDown) {
      change({ theme: next })
    }
  }
  const beat = (atMs: number): void => {
    const haptic = beatOf(view(), lastBeatMs, atMs)
    if (haptic !== null) {
      signals.feel(haptic)
    }
    if (haptic !== null || !isOpen(view().capture)) {
      lastBeatMs = atMs
    }
  }
  const survey = async (): Promise<void> => {
    const [battery, storage] = await Promise.all([readBattery(), readStorage()])
    change({ battery, storage, network: networkKind() })
    const minutes = roomMinutes(view())
    if (minutes !== null && minutes < 1 && isOpen(view().capture)) {
      deps.stop('storage-full')
    }
    const isQuiet = !isOpen(view().capture) && view().quality === 'low'
    if (isQuiet && (roomMinutes(view(), 'full') ?? 0) >= roomForFullMinutes) {
      deps.turn('full')
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
    const { mark, overload } = view()
    if (overload !== null && Date.now() - overload.atMs > overloadShownMs) {
      change({ overload: null })
    }
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
      if (before.sos !== null && before.sos.id === state.sos?.id) {
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
