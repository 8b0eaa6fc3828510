import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assembleRecording, type KnownStatement } from './recording.ts'
import { knownOf, mediaAt, recordingOf, stopAt } from './statement.test-kit.ts'

/** Any subset, any order, any repetition. */
function delivered(all: readonly KnownStatement[]) {
  return fc
    .array(fc.nat({ max: all.length - 1 }), { maxLength: all.length * 3 })
    .map((places) => places.map((place) => all[place]!))
}

describe('a recording put together', () => {
  test('whole: complete, with its gaps counted', async () => {
    const facts = assembleRecording(await recordingOf(10))
    expect(facts.state).toBe('complete')
    expect(facts.stop).toEqual({ sequence: 9, reason: 'officer' })
    expect(facts.gaps.map(({ sequence }) => sequence)).toEqual([3, 7])
    expect(facts.missingMs).toBe(4000)
    expect(facts.mediaBytes).toBe(7000)
    expect(facts.head?.sequence).toBe(9)
  })

  test('nothing at all is receiving, with nothing missing', () => {
    expect(assembleRecording([])).toMatchObject({ state: 'receiving', missing: [], head: null, stop: null })
  })

  test('duplication, loss and reordering: the facts are those of the set', async () => {
    const all = await recordingOf(12)
    fc.assert(
      fc.property(delivered(all), (arrived) => {
        const facts = assembleRecording(arrived)
        const present = new Set(arrived)
        const hasStop = present.has(all[11]!)
        const end = hasStop ? 11 : Math.max(-1, ...[...present].map(({ statement }) => statement.body.sequence))
        const expectedMissing = all
          .slice(0, end + 1)
          .flatMap((entry, sequence) => (present.has(entry) ? [] : [sequence]))
        const missing = facts.missing.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, step) => from + step),
        )
        expect(missing).toEqual(expectedMissing)
        expect(facts.statements).toEqual(all.filter((entry) => present.has(entry)))
        expect(facts.state).toBe(!hasStop ? 'receiving' : present.size === 12 ? 'complete' : 'stopped')
        expect(facts.equivocations).toEqual([])
        expect(facts.brokenLinks).toEqual([])
        expect(assembleRecording(arrived.toReversed())).toEqual(facts)
        expect(assembleRecording(new Set(arrived))).toEqual(facts)
      }),
    )
  })

  test('the head only moves forward as statements arrive', async () => {
    const all = await recordingOf(12)
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: 12 }), (order) => {
        let before = -1
        for (let count = 1; count <= order.length; count += 1) {
          const head = assembleRecording(order.slice(0, count)).head?.sequence ?? -1
          expect(head).toBeGreaterThanOrEqual(before)
          before = head
        }
        expect(before).toBe(11)
      }),
      { numRuns: 30 },
    )
  })

  test('conflicts: kept as equivocation, never complete, whoever came first', async () => {
    const all = await recordingOf(8)
    const rival = await knownOf(mediaAt(4, all[3]!.hash, { duration: 1 }))
    fc.assert(
      fc.property(fc.shuffledSubarray([...all, rival, rival], { minLength: 10 }), (order) => {
        const facts = assembleRecording(order)
        expect(facts.equivocations).toEqual([{ sequence: 4, statements: [all[4]!.hash, rival.hash].sort() }])
        expect(facts.state).toBe('stopped')
        expect(facts.head?.sequence).toBe(3)
        expect(facts).toEqual(assembleRecording([...all, rival]))
      }),
    )
  })

  test('a broken link, a foreign statement, another init, a counter that falls', async () => {
    const all = await recordingOf(3)
    const cut = await knownOf(mediaAt(1, 'f'.repeat(64)))
    expect(assembleRecording([all[0]!, cut]).brokenLinks).toEqual([1])
    const foreign = await knownOf(mediaAt(1, all[0]!.hash, { device: '55555555-5555-4555-8555-555555555555' }))
    expect(assembleRecording([all[0]!, foreign]).foreign).toEqual([1])
    const otherInit = await knownOf(mediaAt(1, all[0]!.hash, { init: 'e'.repeat(64) }))
    expect(assembleRecording([all[0]!, otherInit]).otherInit).toEqual([1])
    const falls = await knownOf(mediaAt(1, all[0]!.hash, { counter: 100 }))
    expect(assembleRecording([all[0]!, falls]).counterBreaks).toEqual([1])
    const skips = await knownOf(mediaAt(1, all[0]!.hash, { counter: 105 }))
    expect(assembleRecording([all[0]!, skips]).counterHoles).toEqual([1])
  })

  test('statements after the stop are shown, and forbid completeness', async () => {
    const all = await recordingOf(3)
    const late = await knownOf(mediaAt(3, all[2]!.hash))
    expect(assembleRecording([...all, late])).toMatchObject({ state: 'stopped', afterStop: [3] })
  })

  test('the highest sequence costs no memory', async () => {
    const far = await knownOf(stopAt(0x7fffffff, 'd'.repeat(64)))
    expect(assembleRecording([far]).missing).toEqual([{ from: 0, to: 0x7ffffffe }])
  })
})
