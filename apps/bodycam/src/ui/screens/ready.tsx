import { hourAndMinute } from '@sereno/text'
import { usePhone, useText, useTicking, useView } from '../context.ts'
import { Deck, StartDisc } from '../deck.tsx'
import { Icon } from '../icons.tsx'
import { Fact, Lens, Plate, Watch } from '../parts.tsx'
import { Strip, timeZoneOf } from '../strip.tsx'

/** Ready: quiet. Nothing red, the seconds before the touch already in memory. */
export function Ready() {
  const phone = usePhone()
  const text = useText()
  const { engine, choices } = useView()
  const total = engine.self?.settings.preEventSeconds ?? 30
  const zone = timeZoneOf(engine.self?.municipality.timeZone)
  const shift = engine.self?.shift ?? null
  const buffer = useTicking<HTMLElement>((element) => {
    element.textContent = text.ready.buffer(Math.min(total, phone.bufferedSeconds()))
  })
  const { abandoned } = engine
  const startedAt = shift?.startedAt ?? null
  return (
    <main className="screen ready">
      <Strip />
      <Plate
        word={text.ready.word}
        note={
          startedAt === null
            ? undefined
            : text.ready.shift(shift?.quadrant?.code ?? null, hourAndMinute(startedAt, zone, choices.language))
        }
      />
      {abandoned === null ? <Lens caption={text.ready.lens} /> : null}
      {abandoned === null ? null : (
        <section className="notice" role="status">
          <Icon name="alert" />
          <b>{text.ready.cut(hourAndMinute(abandoned.lastMs, zone, choices.language))}</b>
          <p>{text.ready.cutNote}</p>
          <button type="button" className="quiet" onClick={phone.read}>
            {text.ready.understood}
          </button>
        </section>
      )}
      <ul className="facts">
        <li>
          <Icon name="buffer" />
          <b ref={buffer} />
          <p>{text.ready.bufferNote}</p>
        </li>
        {engine.watchers === null ? <Fact icon="eye" title={text.ready.unknown} /> : null}
        {engine.watchers?.length === 0 ? <Fact icon="eye" title={text.ready.nobody} /> : null}
        <Fact icon="phone" title={text.ready.leave} />
      </ul>
      <Watch />
      <Deck right="shift" disc={<StartDisc word={text.ready.record} note={text.ready.oneTouch} />} />
    </main>
  )
}

/** The shift has begun and there is no picture: said, with the reason and what to do. */
export function NoCamera() {
  const text = useText()
  const { cameraProblem } = useView()
  return (
    <main className="screen message">
      <Strip />
      <Plate
        word={cameraProblem === null ? text.starting.word : text.noCamera.word}
        note={cameraProblem === null ? text.noCamera.opening : text.noCamera[cameraProblem]}
        alert={cameraProblem !== null}
      />
      <Deck right="shift" disc={null} />
    </main>
  )
}
