import { errorWords, unavailableWords } from '@sereno/text'
import { useEffect, useRef, useState } from 'react'
import { EngineFailure } from '../../phone/engine-client.ts'
import { type CheckLine, canGoDespite, checkLines } from '../../phone/pre-shift.ts'
import { onSecond, usePhone, useText, useView } from '../context.ts'
import { Fact, Lens, Plate } from '../parts.tsx'
import { Strip } from '../strip.tsx'
import { Pin } from './pin.tsx'

/** The pre-shift check, then the PIN. What fails is said on top; what is fine takes one line. */
export function ShiftCheck() {
  const phone = usePhone()
  const text = useText()
  const view = useView()
  const [lens, setLens] = useState<boolean | null>(null)
  const [step, setStep] = useState<'look' | 'pin'>('look')
  const [despite, setDespite] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [, turn] = useState(0)
  useEffect(() => onSecond(() => turn((count) => count + 1)), [])
  useEffect(() => {
    void navigator.storage.persist()
  }, [])

  const lines = checkLines(view, lens, text, Date.now())
  const wrong = lines.filter((line) => !line.passed)
  const passed = lines.length - wrong.length
  useFelt(
    passed,
    wrong.some((line) => !line.missing),
  )

  if (step === 'pin') {
    const start = async (pin: string): Promise<void> => {
      setProblem(null)
      const check = lines.map(({ item, passed: fine, value }) => ({ item, passed: fine, value }))
      const failed = wrong.map((line) => text.check.items[line.item]).join(', ')
      const reason = despite && wrong.length > 0 ? { despite: text.check.despiteReason(failed) } : {}
      try {
        await phone.startShift({ pin, check, ...reason })
      } catch (error) {
        const code = error instanceof EngineFailure ? error.code : 'failed'
        const { language } = view.choices
        setProblem((code === 'unreachable' ? unavailableWords(language) : errorWords(code, language)).title)
      }
    }
    return <Pin onPin={start} onBack={() => setStep('look')} problem={problem} />
  }
  const worst = wrong.find((line) => line.item !== 'lens') ?? wrong[0]
  const name = worst?.item ?? 'ok'
  const onlyLens = wrong.length === 1 && worst?.item === 'lens' && lens === null
  return (
    <main className="screen check">
      <Strip>
        <span>{text.check.strip}</span>
      </Strip>
      <Plate
        word={text.check.words[name]}
        note={
          onlyLens || worst === undefined
            ? text.check.notes[name]
            : `${text.check.passedOf(passed, lines.length)} ${text.check.notes[name]}`
        }
      />
      <Lens caption={text.check.lensCaption} />
      <ul className="facts">
        {lines.map((line) => (
          <Line key={line.item} line={line} />
        ))}
        <Fact icon="card" title={text.check.training} value={text.check.trainingNone} />
      </ul>
      <footer className="slabs">
        {lens === null ? (
          <div className="side">
            <button type="button" className="slab plain" onClick={() => setLens(false)}>
              {text.check.looksBad}
            </button>
            <button type="button" className="slab half" onClick={() => setLens(true)}>
              {text.check.looksGood}
            </button>
          </div>
        ) : wrong.length === 0 ? (
          <button type="button" className="slab half" onClick={() => setStep('pin')}>
            {text.check.goOn}
          </button>
        ) : (
          <>
            <button
              type="button"
              className="slab half"
              onClick={() => {
                setLens(null)
                void navigator.storage.persist()
                void phone.refresh().catch(() => undefined)
              }}
            >
              {text.check.lookAgain}
            </button>
            {name === 'persist' && view.canInstall ? (
              <button type="button" className="slab plain" onClick={phone.install}>
                {text.install.word}
              </button>
            ) : null}
            {canGoDespite(lines) ? (
              <button
                type="button"
                className="slab plain"
                onClick={() => {
                  setDespite(true)
                  setStep('pin')
                }}
              >
                {text.check.despite}
              </button>
            ) : null}
          </>
        )}
      </footer>
    </main>
  )
}

function Line({ line }: { readonly line: CheckLine }) {
  const text = useText()
  return (
    <Fact
      icon={line.passed ? 'check' : 'alert'}
      tone={line.passed ? 'ok' : 'wrong'}
      label={line.passed ? text.check.fine : text.check.wrong}
      title={text.check.items[line.item]}
      value={line.value}
    />
  )
}

// One short buzz for each item that passes, two long ones when some fail.
function useFelt(passed: number, failed: boolean): void {
  const { signals } = usePhone()
  const before = useRef({ passed: 0, failed: false })
  useEffect(() => {
    if (passed > before.current.passed) {
      signals.feel('passed')
    } else if (failed && !before.current.failed) {
      signals.feel('failed')
    }
    before.current = { passed, failed }
  }, [passed, failed, signals])
}
