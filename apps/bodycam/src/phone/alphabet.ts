import { isOpen } from './capture.ts'
import { roomWarning } from './sensors.ts'
import type { Haptic, Tone } from './signals.ts'
import { type PhoneView, roomMinutes } from './view.ts'

/** What the hand feels or the ear hears. */
export type Signal = { readonly feel: Haptic } | { readonly sound: Tone }

/** Every rule of the alphabet, in the order in which they are told. The guide lists the same (`docs/guide/phone.md`). */
const rules: readonly {
  readonly signal: Signal
  readonly when: (before: PhoneView, now: PhoneView) => boolean
}[] = [
  { signal: { feel: 'started' }, when: isBack },
  // an SOS is silent: it may be given with an aggressor at arm's length
  { signal: { sound: 'start' }, when: (before, now) => isBack(before, now) && now.engine.sos === null },
  { signal: { feel: 'notRecording' }, when: began((view) => view.capture.kind === 'interrupted') },
  { signal: { feel: 'stopped' }, when: hasStopped },
  { signal: { sound: 'stop' }, when: (before, now) => hasStopped(before, now) && now.engine.sos === null },
  { signal: { feel: 'marked' }, when: (before, now) => now.mark !== null && now.mark.id !== before.mark?.id },
  {
    signal: { feel: 'watched' },
    when: (before, now) => (now.engine.watchers?.length ?? 0) > (before.engine.watchers?.length ?? 0),
  },
  { signal: { feel: 'networkLost' }, when: began((view) => isOpen(view.capture) && isAway(view)) },
  {
    signal: { feel: 'networkBack' },
    when: (before, now) => isOpen(before.capture) && isOpen(now.capture) && isAway(before) && !isAway(now),
  },
  { signal: { feel: 'storage' }, when: hasLessRoom },
  { signal: { feel: 'overload' }, when: (before, now) => now.overload !== null && before.overload === null },
  {
    signal: { feel: 'sosSent' },
    when: sameSos((before, now) => before.answeredAtMs === null && now.answeredAtMs !== null),
  },
  {
    signal: { feel: 'sosStuck' },
    when: sameSos((before, now) => before.attempts < 3 && now.attempts >= 3 && now.answeredAtMs === null),
  },
  {
    signal: { feel: 'sosSeen' },
    when: sameSos((before, now) => before.alarm?.acknowledgedAt == null && now.alarm?.acknowledgedAt != null),
  },
  { signal: { feel: 'handIn' }, when: began((view) => view.sheet === 'upload' && isAllSafe(view)) },
]

/** What a change of the phone says. Pure: the same change always says the same. */
export function signalsOf(before: PhoneView, now: PhoneView): readonly Signal[] {
  return rules.filter(({ when }) => when(before, now)).map(({ signal }) => signal)
}

const stillRecordingMs = 120_000
const notRecordingMs = 5000

/** What is said again while nothing changes; null when it is not time. `lastMs` is when something was last said. */
export function beatOf(view: PhoneView, lastMs: number, atMs: number): Haptic | null {
  const { kind } = view.capture
  if (kind === 'recording' && atMs - lastMs > stillRecordingMs) {
    return 'stillRecording'
  }
  return kind === 'interrupted' && atMs - lastMs > notRecordingMs ? 'notRecording' : null
}

export function isAllSafe({ engine }: PhoneView): boolean {
  return engine.recordings.every(({ safePieces, pieces }) => safePieces === pieces)
}

function began(is: (view: PhoneView) => boolean): (before: PhoneView, now: PhoneView) => boolean {
  return (before, now) => is(now) && !is(before)
}

function isBack(before: PhoneView, now: PhoneView): boolean {
  return (
    now.capture.kind === 'recording' && (before.capture.kind === 'starting' || before.capture.kind === 'interrupted')
  )
}

function hasStopped(before: PhoneView, now: PhoneView): boolean {
  return isOpen(before.capture) && !isOpen(now.capture)
}

function isAway({ engine }: PhoneView): boolean {
  return engine.phase === 'enrolled' && !engine.reached
}

function hasLessRoom(before: PhoneView, now: PhoneView): boolean {
  const [then, left] = [roomMinutes(before), roomMinutes(now)]
  const warning = left === null ? null : roomWarning(left)
  const told = then === null ? null : roomWarning(then)
  return isOpen(now.capture) && warning !== null && (told === null || warning < told || !isOpen(before.capture))
}

type Sos = NonNullable<PhoneView['engine']['sos']>
function sameSos(is: (before: Sos, now: Sos) => boolean): (before: PhoneView, now: PhoneView) => boolean {
  return (before, now) => {
    const [then, sos] = [before.engine.sos, now.engine.sos]
    return then !== null && sos !== null && then.id === sos.id && is(then, sos)
  }
}
