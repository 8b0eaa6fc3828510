import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Counted,
  contradictsStop,
  count,
  emptyTally,
  judgeArrival,
  judgeSeal,
  missingCount,
  missingSequences,
  shortCode,
  type Tally,
} from './evidence.ts'

const counted = fc.record<Counted>({
  sequence: fc.nat(30),
  kind: fc.constantFrom('media', 'gap', 'stop'),
  capturedAt: fc.integer({ min: 1_000_000, max: 2_000_000 }),
  durationMs: fc.nat(5_000),
  sizeBytes: fc.nat(1_000_000),
  reason: fc.constantFrom(null, 'officer', 'call'),
})

/** What ingest does: a statement whose sequence was counted before is not counted again. */
function arrive(statements: readonly Counted[]): Tally {
  const seen = new Set<number>()
  return statements.reduce((tally, statement) => {
    if (seen.has(statement.sequence)) {
      return tally
    }
    seen.add(statement.sequence)
    return count(tally, statement)
  }, emptyTally())
}

const waitMs = 14 * 24 * 3_600_000
const asked = { byPerson: false, incomplete: false, nowMs: 0, waitMs }
const rest = {
  afterStop: 0,
  quarantine: null,
  destroyed: false,
  initStored: true,
  declared: 0,
  receivedAt: 0,
}

describe('recording states', () => {
  test('the tally is the same whatever the order, loss and repetition of arrival', () => {
    const unique = fc.uniqueArray(counted, { selector: (one) => one.sequence, maxLength: 30 })
    fc.assert(
      fc.property(unique, fc.infiniteStream(fc.nat()), (statements, choices) => {
        const shuffled = [...statements, ...statements].sort(() => (choices.next().value % 3) - 1)
        expect(arrive(shuffled)).toEqual(arrive(statements))
      }),
    )
  })

  test('a tally never goes back: sealed stays sealed, stopped never receives again', () => {
    fc.assert(
      fc.property(fc.array(counted, { maxLength: 40 }), fc.constantFrom('stopped', 'sealed'), (statements, state) => {
        const after = statements.reduce(count, { ...emptyTally(), state })
        expect(after.state).toBe(state)
      }),
    )
  })

  test('missing sequences and their count agree', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(200), { minLength: 1 }), (present) => {
        const highestSequence = Math.max(...present)
        const missing = missingSequences(new Set(present), highestSequence, 1_000)
        expect(missing.length).toBe(missingCount({ highestSequence, statements: present.length }))
        expect(missing.every((sequence) => !present.includes(sequence))).toBe(true)
      }),
    )
  })

  test('it seals by itself exactly when a stop and everything before it is there', () => {
    fc.assert(
      fc.property(fc.uniqueArray(counted, { selector: (one) => one.sequence, minLength: 1 }), (statements) => {
        const tally = arrive(statements)
        const stops = statements.filter((one) => one.kind === 'stop').map((one) => one.sequence)
        const afterStop = statements.filter((one) => one.sequence > Math.min(...stops)).length
        const answer = judgeSeal({ ...tally, ...rest, afterStop }, asked)
        const highest = Math.max(...statements.map((one) => one.sequence))
        const whole = stops.length === 1 && stops[0] === highest && statements.length === highest + 1
        expect(answer.kind === 'complete').toBe(whole)
        expect(contradictsStop(tally)).toBe(stops.length > 0 && Math.min(...stops) < highest)
      }),
    )
  })

  const stopped = { state: 'stopped', statements: 3, highestSequence: 3, stopSequence: 3, segments: 2 } as const
  const open = { state: 'receiving', statements: 3, highestSequence: 2, stopSequence: null, segments: 3 } as const

  test.each([
    [
      'quarantined, by itself',
      { ...stopped, statements: 4, ...rest, quarantine: 'not-issued' },
      {},
      'recording.incomplete',
    ],
    [
      'something beyond the stop, by itself',
      { ...stopped, ...rest, statements: 6, highestSequence: 9, afterStop: 2 },
      {},
      'recording.incomplete',
    ],
    ['init never came', { ...stopped, statements: 4, ...rest, initStored: false }, {}, 'recording.incomplete'],
    ['missing, by itself', { ...stopped, ...rest }, {}, 'recording.incomplete'],
    [
      'missing, too early',
      { ...stopped, ...rest },
      { byPerson: true, incomplete: true, nowMs: waitMs - 1 },
      'recording.too-early',
    ],
    ['no stop', { ...open, ...rest }, { byPerson: true }, 'recording.not-stopped'],
    ['sealed', { ...stopped, ...rest, state: 'sealed' }, { byPerson: true }, 'recording.already-sealed'],
    ['destroyed', { ...stopped, ...rest, destroyed: true }, { byPerson: true }, 'recording.destroyed'],
  ] as const)('refuses: %s', (_, recording, wish, code) => {
    expect(judgeSeal(recording, { ...asked, ...wish })).toEqual({ kind: 'refused', code })
  })

  test.each([
    [
      'quarantined, by a person',
      { ...stopped, statements: 4, ...rest, quarantine: 'not-issued' },
      { byPerson: true },
      'complete',
    ],
    [
      'something beyond the stop, by a person, without waiting',
      { ...stopped, ...rest, statements: 6, highestSequence: 9, afterStop: 2, quarantine: 'after-stop' },
      { byPerson: true },
      'complete',
    ],
    ['declared gaps', { ...stopped, ...rest, declared: 1 }, { byPerson: true }, 'incomplete'],
    [
      'missing after the wait',
      { ...stopped, ...rest },
      { byPerson: true, incomplete: true, nowMs: waitMs },
      'incomplete',
    ],
    [
      'unterminated after the wait',
      { ...open, ...rest },
      { byPerson: true, incomplete: true, nowMs: waitMs },
      'incomplete',
    ],
  ] as const)('seals: %s', (_, recording, wish, kind) => {
    expect(judgeSeal(recording, { ...asked, ...wish })).toEqual({ kind })
  })

  test('identical bytes are known, others for the same sequence conflict', () => {
    const held = [{ statementSha256: 'a', version: 0, receipt: 'r' }]
    expect(judgeArrival('a', [])).toEqual({ kind: 'first' })
    expect(judgeArrival('a', held)).toEqual({ kind: 'known', receipt: 'r' })
    expect(judgeArrival('b', held)).toEqual({ kind: 'conflict', version: 1 })
  })

  test('short codes are read aloud: no I, L, O, U', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(shortCode(id)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/)
      }),
    )
  })
})
