import type { Category, MarkerCategory } from '@sereno/contracts'
import type { EngineState } from '../engine/protocol.ts'
import type { Quality } from '../recorder/quality.ts'
import { createRecorder, type Recorder } from '../recorder/recorder.ts'
import { signalsOf } from './alphabet.ts'
import { type CaptureEvent, isOpen, step } from './capture.ts'
import { keepChoices, readChoices } from './choices.ts'
import { connectEngine, type EngineClient, noEngineYet } from './engine-client.ts'
import { listenForInstall } from './install.ts'
import { keepAwake, networkKind, watchPosition } from './sensors.ts'
import { browserSignals, createSignals, type Signals } from './signals.ts'
import { themeBySun } from './sun.ts'
import { whyUnsupported } from './support.ts'
import type { Choices, PhoneView } from './view.ts'
import { createWatchman } from './watchman.ts'

/** The phone as React knows it: a view to draw and things to do. It lives outside React and outlasts it. */
export type Phone = {
  readonly view: () => PhoneView
  readonly subscribe: (listener: () => void) => () => void
  readonly signals: Signals
  readonly bufferedSeconds: () => number
  readonly choose: (choices: Partial<Choices>) => void
  readonly enrol: (token: string) => Promise<void>
  /** Opens or leaves the screen that enrols this phone again. */
  readonly enrolling: (enrolling: boolean) => void
  readonly lowerQuality: () => void
  readonly install: () => void
  readonly startShift: EngineClient['api']['startShift']
  readonly endShift: () => Promise<void>
  readonly refresh: () => Promise<void>
  readonly record: () => void
  /** Asks for the camera again, at once. */
  readonly reopen: () => void
  readonly stop: () => void
  readonly raiseSos: () => void
  readonly cancelSos: (safe: boolean) => void
  readonly mark: (atMs: number) => void
  readonly describeMark: (category: MarkerCategory) => void
  readonly describe: (recording: string, category: Category, note: string | null) => void
  readonly sheet: (sheet: PhoneView['sheet']) => void
  /** Opens the end sheet again for a recording that has no category yet. */
  readonly classify: (recording: string) => void
  readonly dim: (dimmed: boolean) => void
  readonly read: () => void
}
export type PhoneDeps = { readonly worker: Worker; readonly build: string; readonly appVersion: string }

/** A mark within this long is the same one: gloves bounce. */
const bounceMs = 1000

export function createPhone(deps: PhoneDeps): Phone {
  const listeners = new Set<() => void>()
  let view: PhoneView = {
    unsupported: whyUnsupported(),
    engine: noEngineYet,
    capture: { kind: 'off' },
    camera: null,
    cameraProblem: null,
    soundOn: false,
    sheet: 'none',
    ended: null,
    dimmed: false,
    battery: null,
    storage: null,
    fix: null,
    network: networkKind(),
    mark: null,
    resumed: false,
    light: 'clock',
    quality: 'full',
    overload: null,
    canInstall: false,
    enrolling: false,
    theme: themeBySun(Date.now(), null),
    choices: readChoices(),
  }
  let recorder: Recorder | null = null
  const signals = createSignals(browserSignals(), () => view.choices.sounds)

  const change = (next: Partial<PhoneView>): void => {
    const before = view
    view = { ...view, ...next }
    for (const signal of signalsOf(before, view)) {
      if ('feel' in signal) {
        signals.feel(signal.feel)
      } else {
        signals.sound(signal.sound)
      }
    }
    for (const listener of [...listeners]) {
      listener()
    }
  }
  const happen = (event: CaptureEvent): void => {
    const before = view.capture
    const capture = step(before, event)
    if (capture === before) {
      return
    }
    change({ capture })
  }

  const engine = connectEngine(deps.worker, {
    onState: (state) => watchman.onEngine(state),
    onKeyFrame: () => recorder?.requestKeyFrame(),
  })
  const applyEngine = (state: EngineState): void => {
    change({ engine: state })
    recorder?.stream(state.streamWanted)
    const mayRecord = state.phase === 'enrolled' && state.self?.shift != null
    if (mayRecord && recorder === null && state.self !== null) {
      recorder = makeRecorder()
      change({ quality: 'full' })
      void recorder.prepare(state.self.settings).then(resume)
    } else if (!mayRecord && recorder !== null && !isOpen(view.capture)) {
      recorder.dispose()
      recorder = null
      change({ camera: null })
      happen({ type: 'camera', open: false })
    }
  }
  const makeRecorder = (): Recorder =>
    createRecorder(engine.api, {
      onCamera: (camera, cameraProblem) => {
        change({ camera, cameraProblem })
        happen({ type: 'camera', open: camera !== null })
      },
      onSegment: (recording, capturedAtMs) => happen({ type: 'segment', recording, capturedAtMs, atMs: Date.now() }),
      onInterrupted: (cause, sinceMs) => happen({ type: 'interrupted', cause, atMs: sinceMs }),
      onSound: (soundOn) => change({ soundOn }),
      onOverload: (frames) => change({ overload: { frames: frames + (view.overload?.frames ?? 0), atMs: Date.now() } }),
      onStopped: (recording, reason) => {
        ended(recording)
        if (reason === 'camera-lost') {
          // the officer did not end it: it goes on as another recording, chained to this one
          begin(view.engine.sos !== null)
        }
      },
    })
  /** A tab that was killed while it recorded goes on recording: that is what the officer believes it does. */
  const resume = (): void => {
    const { abandoned, self } = view.engine
    const wasJustNow = abandoned !== null && Date.now() - abandoned.lastMs < 120_000
    if (wasJustNow && self?.shift?.startedAt != null && view.camera !== null && !isOpen(view.capture)) {
      change({ resumed: true })
      void engine.api.forgetAbandoned()
      begin(view.engine.sos !== null)
    }
  }
  const begin = (sos: boolean): string => {
    if (isOpen(view.capture)) {
      return view.capture.recording
    }
    const recording = crypto.randomUUID()
    happen({ type: 'touched', recording, atMs: Date.now() })
    change({ sheet: 'none', mark: null, overload: null })
    recorder?.start(recording, sos)
    return recording
  }
  const ended = (recording: string): void => {
    happen({ type: 'stopped', recording, cameraOpen: view.camera !== null })
    change({ sheet: 'end', ended: recording, dimmed: false, soundOn: false, resumed: false })
  }

  const watchman = createWatchman({
    view: () => view,
    change,
    happen,
    applyEngine,
    engine: engine.api,
    recorder: () => recorder,
    signals,
    stop: (reason) => void stop(reason),
    turn: (quality) => void turn(quality),
  })
  const stop = async (reason: 'officer' | 'storage-full'): Promise<void> => {
    const { capture } = view
    if (!isOpen(capture) || capture.kind === 'stopping') {
      return
    }
    happen({ type: 'stop-held' })
    await recorder?.stop(reason)
    ended(capture.recording)
  }
  const turn = async (quality: Quality): Promise<void> => {
    await recorder?.turn(quality)
    change({ quality })
  }
  /** A recording keeps its coding: this one ends here, signed, and the next goes on from it in the other quality. */
  const lowerQuality = async (): Promise<void> => {
    const { capture } = view
    if (view.quality === 'low' || (isOpen(capture) && capture.kind !== 'recording')) {
      return
    }
    await recorder?.stop('officer')
    await turn('low')
    if (isOpen(capture)) {
      happen({ type: 'stopped', recording: capture.recording, cameraOpen: view.camera !== null })
      begin(view.engine.sos !== null)
    }
  }
  const install = listenForInstall((canInstall) => change({ canInstall }))

  if (view.unsupported === null) {
    const clocks = { wallClockMs: Date.now(), monotonicMs: performance.now() }
    void engine.api.start({ build: deps.build, appVersion: deps.appVersion, clocks })
    watchman.start()
    watchPosition((fix) => watchman.onFix(fix))
    keepAwake()
  }

  return {
    view: () => view,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    signals,
    bufferedSeconds: () => recorder?.bufferedSeconds() ?? 0,
    choose: (choices) => {
      change({ choices: { ...view.choices, ...choices } })
      keepChoices(view.choices)
      watchman.retheme()
    },
    enrol: async (token) => {
      await engine.api.enrol(token)
      change({ enrolling: false, sheet: 'none' })
    },
    enrolling: (enrolling) => change({ enrolling }),
    lowerQuality: () => void lowerQuality(),
    install: () => void install.ask(),
    startShift: (body) => engine.api.startShift(body),
    endShift: async () => {
      await engine.api.endShift()
      change({ sheet: 'none' })
    },
    refresh: () => engine.api.hurry(),
    record: () => {
      if (view.capture.kind === 'off') {
        return
      }
      begin(false)
    },
    reopen: () => recorder?.reopen(),
    stop: () => void stop('officer'),
    raiseSos: () => {
      if (view.engine.sos !== null && view.engine.sos.cancelWanted === null) {
        return
      }
      const recording = begin(true)
      void engine.api.sos({ id: crypto.randomUUID(), atMs: Date.now(), recording, fix: view.fix })
    },
    cancelSos: (safe) => {
      void engine.api.cancelSos(safe)
    },
    mark: (atMs) => {
      const { capture, mark } = view
      if (!isOpen(capture) || (mark !== null && atMs - mark.atMs < bounceMs)) {
        return
      }
      const marks = view.engine.recordings.find((recording) => recording.id === capture.recording)?.marks ?? 0
      const id = crypto.randomUUID()
      change({ mark: { id, number: marks + 1, atMs } })
      signals.feel('marked')
      void engine.api.marker(capture.recording, { id, atMs, category: null })
    },
    describeMark: (category) => {
      const { capture, mark } = view
      if (isOpen(capture) && mark !== null) {
        void engine.api.marker(capture.recording, { id: mark.id, atMs: mark.atMs, category })
        change({ mark: null })
      }
    },
    describe: (recording, category, note) => {
      void engine.api.category(recording, category, note)
    },
    sheet: (sheet) => change({ sheet }),
    classify: (recording) => change({ sheet: 'end', ended: recording }),
    dim: (dimmed) => change({ dimmed }),
    read: () => {
      change({ resumed: false })
      void engine.api.forgetAbandoned()
    },
  }
}
