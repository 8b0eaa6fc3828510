import { bytes, duration } from '@sereno/text'
import type { RecordingSummary } from '../engine/protocol.ts'
import { currentRecording, type PhoneView, roomMinutes } from '../phone/view.ts'
import type { Text } from '../text.es.ts'
import { usePhone, useText, useTicking } from './context.ts'

const barsShown = 44
const pitch = 8

/**
 * One bar is one two-second segment: tall = the control centre confirmed it, short = only this phone has it, a hole =
 * a gap. Drawn from the engine's own rows once a second, so it cannot say something kinder than the truth.
 */
export function Tape({ of }: { readonly of?: RecordingSummary | null }) {
  const phone = usePhone()
  const text = useText()
  const element = useTicking<HTMLElement>((section) => {
    const view = phone.view()
    const summary = of ?? currentRecording(view)
    const tape = view.engine.tape.slice(-barsShown)
    const gapMs = view.capture.kind === 'interrupted' ? Date.now() - view.capture.sinceMs : 0
    draw(section, gapMs > 0 ? `${tape.slice(-30)}${'.'.repeat(Math.min(12, Math.ceil(gapMs / 2000)))}` : tape)
    const [left, right] = ends(view, summary, gapMs, text)
    write(section, 'b', left)
    write(section, 'span', right)
    section.querySelector('svg')?.setAttribute('aria-label', labelOf(summary, text))
  })
  return (
    <section className="tape" ref={element}>
      <svg viewBox={`0 0 ${barsShown * pitch} 30`} preserveAspectRatio="none" role="img" aria-label={text.tape.none}>
        <path className="safe" />
        <path className="held" />
        <path className="lost" />
      </svg>
      <p className="ends">
        <b />
        <span />
      </p>
    </section>
  )
}

function draw(section: HTMLElement, tape: string): void {
  let safe = ''
  let held = ''
  let lost = ''
  for (const [place, letter] of [...tape].entries()) {
    const x = place * pitch
    if (letter === 's') {
      safe += `M${x} 15h5`
    } else if (letter === 'g' || letter === '.') {
      lost += `M${x} 28h${pitch}${tape[place - 1] === letter ? '' : `M${x} 2v26`}${tape[place + 1] === letter ? '' : `M${x + pitch - 2} 2v26`}`
    } else {
      held += `M${x} 23.5h5`
    }
  }
  for (const [name, d] of Object.entries({ safe, held, lost })) {
    section.querySelector(`.${name}`)?.setAttribute('d', d)
  }
}

function ends(view: PhoneView, summary: RecordingSummary | null, gapMs: number, text: Text): readonly [string, string] {
  if (summary === null) {
    return ['', '']
  }
  const { heldMs, stuck, stopReason, safePieces, pieces } = summary
  const minutes = roomMinutes(view)
  const room = minutes === null ? '' : text.tape.room(duration(minutes * 60_000))
  if (gapMs > 0) {
    return [text.tape.safeTime(duration(summary.durationMs - heldMs)), text.tape.openGap(duration(gapMs))]
  }
  if (stuck !== null) {
    return [text.tape.stuck, text.tape.toSend(duration(heldMs))]
  }
  if (stopReason !== null) {
    const percent = pieces === 0 ? 0 : Math.floor((safePieces / pieces) * 100)
    return [text.tape.percent(percent), heldMs < 1000 ? '' : text.tape.missing(duration(heldMs))]
  }
  if (heldMs <= 10_000) {
    return [text.tape.safe, heldMs < 1000 ? '' : text.tape.missing(duration(heldMs))]
  }
  if (minutes !== null && minutes <= 30 && view.storage !== null) {
    return [text.tape.toSend(duration(heldMs)), bytes(view.storage.usedBytes, view.choices.language)]
  }
  return [text.tape.toSend(duration(heldMs)), room]
}

function labelOf(summary: RecordingSummary | null, text: Text): string {
  return summary === null ? text.tape.none : text.tape.label(summary.safePieces, summary.pieces - summary.safePieces)
}

function write(section: HTMLElement, selector: string, words: string): void {
  const target = section.querySelector(selector)
  if (target !== null && target.textContent !== words) {
    target.textContent = words
  }
}
