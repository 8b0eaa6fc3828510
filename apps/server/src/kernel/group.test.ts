import { describe, expect, test } from 'vitest'
import { createGroup } from './group.ts'

describe('group commit', () => {
  test('what arrives while a batch runs makes up the next, in order, each with its own outcome', async () => {
    const batches: (readonly number[])[] = []
    const gate = Promise.withResolvers<void>()
    const group = createGroup<number, number>(3, async (items) => {
      batches.push(items)
      if (batches.length === 1) {
        await gate.promise
      }
      return items.map((item) => item * 10)
    })
    const first = group.add(1)
    await new Promise((resolve) => setImmediate(resolve))
    const others = [2, 3, 4, 5].map((item) => group.add(item))
    gate.resolve()
    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30, 40, 50])
    expect(batches).toEqual([[1], [2, 3, 4], [5]])
  })

  test('of two lanes the second one works while the first waits, and no third', async () => {
    const gates: PromiseWithResolvers<void>[] = []
    const group = createGroup<number, number>(
      10,
      async (items) => {
        const gate = Promise.withResolvers<void>()
        gates.push(gate)
        await gate.promise
        return items
      },
      2,
    )
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const added: Promise<number>[] = []
    for (const item of [1, 2, 3]) {
      added.push(group.add(item))
      await turn()
      await turn()
    }
    expect(gates.length).toBe(2)
    gates[1]?.resolve()
    expect(await added[1]).toBe(2)
    await turn()
    expect(gates.length).toBe(3)
    gates[2]?.resolve()
    gates[0]?.resolve()
    expect(await Promise.all(added)).toEqual([1, 2, 3])
  })

  test('one that cannot be kept does not take the others with it', async () => {
    const group = createGroup<number, number>(10, async (items) => {
      if (items.includes(2)) {
        throw new Error('bad')
      }
      return items
    })
    const outcomes = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
