import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CheckResult, judgeCheck, nextCode, stateOf, whyNotIssuable } from './fleet.ts'

const names = ['battery', 'storage', 'persist', 'clock', 'gps', 'lens'] as const
const checkWith = (failing: readonly string[]): CheckResult =>
  names.map((item) => ({ item, passed: !failing.includes(item), value: '' }))

describe('the pre-shift check', () => {
  it('passes when every item passed', () => {
    expect(judgeCheck(checkWith([]), undefined)).toEqual({ ok: true })
  })
  it('never lets storage or clock be overridden, and the rest only with a reason', () => {
    fc.assert(
      fc.property(
        fc.subarray([...names], { minLength: 1 }),
        fc.option(fc.string(), { nil: undefined }),
        (failing, why) => {
          const verdict = judgeCheck(checkWith(failing), why)
          const hard = failing.includes('storage') || failing.includes('clock')
          expect(verdict.ok).toBe(!hard && why !== undefined && why.trim() !== '')
          if (!verdict.ok) {
            expect(verdict.failed).toEqual(failing)
            expect(verdict.canBeOverridden).toBe(!hard)
          }
        },
      ),
    )
  })
  it('counts a missing item as failed, and a contradicted one too', () => {
    expect(
      judgeCheck(
        checkWith([]).filter(({ item }) => item !== 'clock'),
        'urgente',
      ).ok,
    ).toBe(false)
    expect(judgeCheck([...checkWith([]), { item: 'storage', passed: false, value: '' }], 'urgente').ok).toBe(false)
  })
})

describe('a device', () => {
  it('is what was reported first, then issued, then enrolled', () => {
    expect(stateOf({ reported: null, hasShift: false, keyEpoch: 0 })).toBe('registered')
    expect(stateOf({ reported: null, hasShift: false, keyEpoch: 2 })).toBe('enrolled')
    expect(stateOf({ reported: null, hasShift: true, keyEpoch: 2 })).toBe('issued')
    expect(stateOf({ reported: 'stolen', hasShift: false, keyEpoch: 2 })).toBe('stolen')
  })
  it('can be issued exactly when it is enrolled and free', () => {
    const states = ['registered', 'enrolled', 'issued', 'lost', 'stolen', 'revoked', 'retired'] as const
    expect(states.filter((state) => whyNotIssuable(state) === null)).toEqual(['enrolled'])
  })
  it('gets the next free code of its kind', () => {
    expect(nextCode('phone', [])).toBe('BC-0001')
    expect(nextCode('body-camera', ['BC-0240', 'DR-9000', 'BC-mine'])).toBe('BC-0241')
    fc.assert(
      fc.property(fc.array(fc.nat(20_000)), (numbers) => {
        const taken = numbers.map((number) => `DR-${String(number).padStart(4, '0')}`)
        expect(taken).not.toContain(nextCode('drone', taken))
      }),
    )
  })
})
