import { errorWords, hourAndMinute, percent } from '@sereno/text'
import type { RecordingSummary } from '../../engine/protocol.ts'
import { usePhone, useText, useView } from '../context.ts'
import { Icon } from '../icons.tsx'
import { timeZoneOf } from '../strip.tsx'

/** The officer's own recordings with their upload, newest first; what is stuck says why. */
export function Queue() {
  const text = useText()
  const { engine } = useView()
  const recordings = [...engine.recordings].reverse().filter((recording) => recording.pieces > 0)
  const stuck = recordings.find((recording) => recording.stuck !== null)?.stuck ?? null
  const refused = recordings.find((recording) => recording.categoryRefused !== null) ?? null
  const doubt = recordings.find((recording) => recording.doubt !== null)?.doubt ?? null
  const isHandOver = doubt === 'not-continued' || doubt === 'begins-elsewhere'
  const reason = useReason(stuck ?? '')
  return (
    <>
      {stuck === null ? null : <p className="say">{text.shift.stuckNote(reason)}</p>}
      {refused === null ? null : <p className="say">{text.shift.categoryRefused}</p>}
      {doubt === null ? null : <p className="say">{isHandOver ? text.shift.handOver : text.shift.doubted}</p>}
      <section className="queue" aria-label={text.shift.own}>
        {recordings.length === 0 ? <p className="none">{text.shift.none}</p> : null}
        <ol>
          {recordings.map((recording) => (
            <Row key={recording.id} recording={recording} />
          ))}
        </ol>
      </section>
    </>
  )
}

function Row({ recording }: { readonly recording: RecordingSummary }) {
  const phone = usePhone()
  const text = useText()
  const { engine, choices } = useView()
  const isSafe = recording.safePieces === recording.pieces
  const icon = recording.stuck !== null ? 'alert' : isSafe ? 'check' : recording.safePieces > 0 ? 'up' : 'clock'
  const state =
    recording.stuck !== null
      ? text.shift.stuck
      : isSafe
        ? recording.erased
          ? text.shift.erased
          : text.shift.safe
        : recording.safePieces > 0
          ? percent(Math.floor((recording.safePieces / recording.pieces) * 100), choices.language)
          : text.upload.waits
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  return (
    <li>
      <Icon name={icon} label={state} tone={recording.stuck !== null ? 'wrong' : isSafe ? 'ok' : ''} />
      <b>{hourAndMinute(recording.openedAtMs, zone, choices.language)}</b>
      <span>
        {recording.sos ? `${text.shift.sos}. ` : ''}
        {recording.category === null || recording.categoryRefused !== null
          ? text.shift.unclassified
          : text.end.category[recording.category]}
      </span>
      {recording.category === null && recording.stopReason !== null ? (
        <button type="button" className="quiet" onClick={() => phone.classify(recording.id)}>
          {text.shift.classify}
        </button>
      ) : (
        <b>{state}</b>
      )}
    </li>
  )
}

function useReason(code: string): string {
  const text = useText()
  const { choices } = useView()
  const own = Object.entries(text.receipts).find(([name]) => name === code)?.[1]
  return own ?? errorWords(code, choices.language).title
}
