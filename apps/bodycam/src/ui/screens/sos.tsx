import { duration } from '@sereno/text'
import { Call } from '../call.tsx'
import { usePhone, useText, useTicking, useView } from '../context.ts'
import { Hold } from '../hold.tsx'
import { Bar, Fact, Plate, Watch } from '../parts.tsx'
import { Strip } from '../strip.tsx'

/** SOS raised: the inverse of everything else. It says "sent" only once the server has answered. */
export function SosRaised() {
  const phone = usePhone()
  const text = useText()
  const { engine, fix } = useView()
  const sos = engine.sos
  const isSent = sos?.answeredAtMs != null
  const isStuck = !isSent && (sos?.attempts ?? 0) >= 3
  const age = useTicking<HTMLParagraphElement>((element) => {
    const answeredAtMs = phone.view().engine.sos?.answeredAtMs ?? null
    element.textContent = answeredAtMs === null ? text.sos.unsent : text.sos.sent(duration(Date.now() - answeredAtMs))
  })
  return (
    <main className="screen sos-sent">
      <Strip />
      <Bar />
      <Plate
        alert
        word={isStuck ? text.sos.stuck : text.deck.sos}
        figure={<p className="figure" role="timer" ref={age} />}
        note={isSent ? text.sos.sentNote : isStuck ? text.sos.stuckNote : text.sos.unsentNote}
      />
      <ul className="facts">
        {engine.streaming ? (
          <Fact icon="up" title={text.sos.live} />
        ) : (
          <Fact icon="lock" title={text.sos.liveWait} note={text.sos.liveWaitNote} />
        )}
        <Fact icon="mute" title={text.sos.silent} />
        <Fact
          icon="gps"
          title={fix === null ? text.sos.noPlace : text.sos.place(`${Math.round(fix.accuracyM)}\u00a0m`)}
        />
      </ul>
      <Watch />
      <footer className="slabs">
        <Call size="half" recording />
        <Hold className="slab plain hold" forMs={3000} onHeld={() => phone.cancelSos(false)} quiet>
          {text.sos.mistake}
        </Hold>
      </footer>
    </main>
  )
}

/** A named person has seen it. It does not say that anybody comes: nothing here knows that yet. */
export function SosSeen() {
  const phone = usePhone()
  const text = useText()
  const { engine, fix } = useView()
  const alarm = engine.sos?.alarm ?? null
  const after = Math.max(0, (alarm?.acknowledgedAt ?? 0) - (alarm?.receivedAt ?? 0))
  return (
    <main className="screen sos-seen">
      <Strip />
      <Plate alert word={text.sos.seen} note={text.sos.seenBy(alarm?.acknowledgedBy ?? '', duration(after))} />
      <Bar />
      <ul className="facts">
        {engine.streaming ? (
          <Fact icon="up" title={text.sos.live} />
        ) : (
          <Fact icon="lock" title={text.sos.liveWait} note={text.sos.liveWaitNote} />
        )}
        <Fact
          icon="gps"
          title={fix === null ? text.sos.noPlace : text.sos.place(`${Math.round(fix.accuracyM)}\u00a0m`)}
        />
        <Fact icon="clock" title={text.sos.seenNote} />
      </ul>
      <Watch />
      <footer className="slabs">
        <Call size="half" recording />
        <Hold className="slab plain hold" forMs={3000} onHeld={() => phone.cancelSos(true)} quiet>
          {text.sos.safe}
        </Hold>
      </footer>
    </main>
  )
}
