import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatcher } from './batch.ts'

describe('group commit', () => {
  it('writes the first at once and the rest together', async () => {
    const written: number[][] = []
    const gates: (() => void)[] = []
    const batcher = createBatcher<number, number>(async (groups) => {
      written.push(groups.flat())
      await new Promise<void>((resolve) => gates.push(resolve))
      return groups.map((group) => group.length)
    }, 100)
    const all = [batcher.add([1]), batcher.add([2, 3]), batcher.add([4])]
    expect(written).toEqual([[1]])
    gates[0]?.()
    await all[0]
    await Promise.resolve()
    expect(written).toEqual([[1], [2, 3, 4]])
    gates[1]?.()
    expect(await Promise.all(all)).toEqual([1, 2, 1])
  })
  it('fails all callers of a failed write, and goes on', async () => {
    let failures = 1
    const batcher = createBatcher<number, number>(async (groups) => {
      if (failures > 0) {
        failures -= 1
        throw new Error('away')
      }
      return groups.map((group) => group.length)
    }, 100)
    const first = batcher.add([1])
    const second = batcher.add([1, 2])
    await expect(first).rejects.toThrow('away')
    expect(await second).toBe(2)
  })
  it('loses nobody, keeps the order, and never exceeds the limit but for one caller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(), { maxLength: 12 })), async (callers) => {
        const written: number[] = []
        const batcher = createBatcher<number, number>(async (groups) => {
          const rows = groups.flat()
          expect(groups.length === 1 || rows.length <= 20).toBe(true)
          written.push(...rows)
          return groups.map((group) => group.length)
        }, 20)
        const results = await Promise.all(callers.map((rows) => batcher.add(rows)))
        expect(results).toEqual(callers.map((rows) => rows.length))
        expect(written).toEqual(callers.flat())
      }),
    )
  })
})
