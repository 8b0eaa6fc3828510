import { markerCategories } from '@sereno/contracts'
import { duration, hourAndMinute, names, percent } from '@sereno/text'
import { currentRecording, isBatteryLow, roomMinutes } from '../../phone/view.ts'
import { usePhone, useText, useTicking, useView } from '../context.ts'
import { Deck, StartDisc, StopDisc } from '../deck.tsx'
import { Fact, Lens, Notice, Plate, Timer, Watch } from '../parts.tsx'
import { Strip, timeZoneOf } from '../strip.tsx'
import { Tape } from '../tape.tsx'

/** Recording: the red plate. The word follows the last segment on the disk, not the button. */
export function Recording() {
  const text = useText()
  const view = useView()
  const phone = usePhone()
  const { battery, capture, engine, mark, overload } = view
  const isOn = capture.kind === 'recording'
  const minutes = roomMinutes(view)
  const isAway = !engine.reached && engine.phase === 'enrolled'
  const lowRoom = minutes !== null && minutes <= 30
  const moreMinutes = lowRoom && view.quality === 'full' ? (roomMinutes(view, 'low') ?? 0) - minutes : 0
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  const since =
    isAway && engine.reachedAtMs !== null
      ? text.storage.since(hourAndMinute(engine.reachedAtMs, zone, view.choices.language))
      : ''
  const name = ['screen', isOn ? 'recording' : 'beginning', lowRoom ? 'busy' : ''].join(' ').trim()
  return (
    <main className={name}>
      <Strip />
      <Plate
        word={
          isOn ? (
            <>
              <i className="square" />
              {text.recording.word}
            </>
          ) : capture.kind === 'stopping' ? (
            text.recording.stopping
          ) : (
            text.recording.starting
          )
        }
        figure={<Timer />}
        {...(lowRoom || isAway ? {} : { note: <Note /> })}
      />
      <Watch />
      {lowRoom ? (
        <Notice icon="card" title={text.storage.title(minutes)} note={since + text.storage.note} />
      ) : isAway ? (
        <Notice icon="nosignal" title={text.offline.title} note={text.offline.note} />
      ) : null}
      {battery !== null && isBatteryLow(battery) ? (
        <Notice
          icon="battery"
          title={text.battery.title(percent(battery.percent, view.choices.language))}
          note={text.battery.note}
        />
      ) : null}
      {overload === null ? null : (
        <Notice icon="alert" title={text.overload.title} note={text.overload.note(overload.frames)} />
      )}
      {mark === null ? null : <MarkChoice />}
      {moreMinutes < 1 ? (
        <Lens />
      ) : (
        <footer className="slabs">
          <button type="button" className="slab half" onClick={phone.lowerQuality}>
            {text.storage.lower}
            <span>{text.storage.more(moreMinutes)}</span>
          </button>
        </footer>
      )}
      <Tape />
      <Deck right="mark" disc={<StopDisc />} />
    </main>
  )
}

function Note() {
  const text = useText()
  const view = useView()
  const summary = currentRecording(view)
  const before = Math.round((summary?.preEventMs ?? 0) / 1000)
  const parts = [view.soundOn ? text.recording.withSound : text.recording.noSound]
  if (view.mark !== null) {
    parts.push(text.recording.marked(view.mark.number))
  } else if (view.resumed) {
    parts.push(text.recording.resumed)
  } else if (before > 0) {
    parts.push(text.recording.includes(before))
  }
  return <>{parts.join(' ')}</>
}

/** What the mark was, if the officer likes: it is kept already. */
function MarkChoice() {
  const phone = usePhone()
  const text = useText()
  const { choices } = useView()
  const words = names(choices.language).marker
  return (
    <fieldset className="chips">
      <legend>{text.recording.markWhat}</legend>
      {markerCategories.map((category) => (
        <button key={category} type="button" onClick={() => phone.describeMark(category)}>
          {words[category]}
        </button>
      ))}
    </fieldset>
  )
}

/** Not recording although it should be: the only dashed plate of the product. */
export function Interrupted() {
  const phone = usePhone()
  const text = useText()
  const { capture, engine, choices } = useView()
  const age = useTicking<HTMLParagraphElement>((element) => {
    const now = phone.view().capture
    element.textContent = now.kind === 'interrupted' ? duration(Date.now() - now.sinceMs) : ''
  })
  if (capture.kind !== 'interrupted') {
    return null
  }
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  const at = hourAndMinute(capture.sinceMs, zone, choices.language)
  return (
    <main className="screen interrupted">
      <Strip />
      <Plate
        alert
        word={text.interrupted.word}
        figure={<p className="figure" role="timer" ref={age} />}
        note={text.interrupted.note(text.interrupted.causes[capture.cause], at)}
      />
      <ul className="facts">
        <Fact icon="lock" title={text.interrupted.signed} note={text.interrupted.signedNote} />
      </ul>
      <Watch />
      <Tape />
      <Deck right="stop" disc={<StartDisc word={text.deck.back} note={text.deck.backNote} onTouch={phone.reopen} />} />
    </main>
  )
}
