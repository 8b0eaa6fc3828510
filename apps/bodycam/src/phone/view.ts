import type { Fix } from '@sereno/contracts'
import type { Language } from '@sereno/text'
import type { EngineState, RecordingSummary } from '../engine/protocol.ts'
import type { CameraProblem } from '../recorder/camera.ts'
import { type Quality, settingsFor } from '../recorder/quality.ts'
import { type Capture, isOpen } from './capture.ts'
import type { Battery, Storage } from './sensors.ts'
import { minutesOfRoom } from './sensors.ts'
import type { Theme } from './sun.ts'
import type { Unsupported } from './support.ts'

/** Everything the screens are drawn from. Changes a few times a minute; what changes each second is painted elsewhere. */
export type PhoneView = {
  readonly unsupported: Unsupported | null
  readonly engine: EngineState
  readonly capture: Capture
  readonly camera: MediaStream | null
  readonly cameraProblem: CameraProblem | null
  readonly soundOn: boolean
  readonly sheet: 'none' | 'shift' | 'end' | 'upload'
  readonly ended: string | null
  readonly dimmed: boolean
  readonly battery: Battery | null
  readonly storage: Storage | null
  readonly fix: Fix | null
  readonly network: string | null
  readonly mark: { readonly id: string; readonly number: number; readonly atMs: number } | null
  /** What the officer was told was cut off by a kill, until read. */
  readonly resumed: boolean
  /** What the theme follows while nobody chose one. */
  readonly light: 'sensor' | 'sun' | 'clock'
  readonly quality: Quality
  /** Frames that the phone could not code in the recording that runs; null when it keeps up. */
  readonly overload: { readonly frames: number; readonly atMs: number } | null
  /** The browser offers to put the page on the home screen. */
  readonly canInstall: boolean
  /** Somebody wants this phone enrolled again, as it is or as another device. */
  readonly enrolling: boolean
  readonly theme: Theme
  readonly choices: Choices
}
export type Choices = {
  readonly language: Language
  readonly theme: Theme | 'auto'
  readonly sounds: boolean
}

export type Screen =
  | 'unsupported'
  | 'second-tab'
  | 'broken'
  | 'starting'
  | 'enrol'
  | 'revoked'
  | 'waiting'
  | 'check'
  | 'sos-unsent'
  | 'sos-sent'
  | 'sos-seen'
  | 'dimmed'
  | 'end'
  | 'shift'
  | 'upload'
  | 'ready'
  | 'recording'
  | 'storage-low'
  | 'interrupted'
  | 'no-camera'

/** Which screen the officer sees. A recording or an SOS outranks everything but the phone's own inability. */
export function screenOf(view: PhoneView): Screen {
  if (view.unsupported !== null) {
    return 'unsupported'
  }
  const before = beforeDuty(view)
  return isOpen(view.capture) || view.engine.sos !== null || before === null ? onDuty(view) : before
}

function beforeDuty(view: PhoneView): Screen | null {
  const { engine } = view
  if (engine.phase === 'second-tab' || engine.phase === 'broken' || engine.phase === 'starting') {
    return engine.phase
  }
  if (engine.phase === 'not-enrolled' || view.enrolling) {
    return 'enrol'
  }
  if (view.sheet === 'upload' || view.sheet === 'end') {
    return null
  }
  if (engine.phase === 'revoked') {
    return 'revoked'
  }
  const shift = engine.self?.shift ?? null
  return shift === null ? 'waiting' : shift.startedAt === null ? 'check' : null
}

function onDuty(view: PhoneView): Screen {
  const { sos } = view.engine
  if (sos !== null && sos.cancelWanted === null) {
    return sos.answeredAtMs === null
      ? 'sos-unsent'
      : sos.alarm?.acknowledgedAt === null || sos.alarm === null
        ? 'sos-sent'
        : 'sos-seen'
  }
  if (view.capture.kind === 'interrupted') {
    return 'interrupted'
  }
  if (isOpen(view.capture)) {
    return view.dimmed ? 'dimmed' : isRoomLow(view) ? 'storage-low' : 'recording'
  }
  if (view.sheet !== 'none') {
    return view.sheet
  }
  return view.capture.kind === 'off' ? 'no-camera' : view.dimmed ? 'dimmed' : 'ready'
}

/** Minutes that still fit, with the quality in use or the one asked about. */
export function roomMinutes(view: PhoneView, quality: Quality = view.quality): number | null {
  const settings = view.engine.self?.settings ?? null
  return view.storage === null || settings === null
    ? null
    : minutesOfRoom(view.storage.freeBytes, settingsFor(settings, quality).videoBitsPerSecond)
}

/** So little that an hour of recording is not certain; a phone that charges is not told. */
export const isBatteryLow = (battery: Battery | null): boolean =>
  battery !== null && !battery.charging && battery.percent <= 15

function isRoomLow(view: PhoneView): boolean {
  const minutes = roomMinutes(view)
  return minutes !== null && minutes <= 30
}

export function currentRecording(view: PhoneView): RecordingSummary | null {
  const { capture, engine } = view
  return isOpen(capture) ? (engine.recordings.find((recording) => recording.id === capture.recording) ?? null) : null
}
