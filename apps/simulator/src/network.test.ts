import { expect, test } from 'vitest'
import { weathered } from './network.ts'

test('half of the losses happen after the server has answered', async () => {
  let arrived = 0
  const draws = [0.1, 0.2, 0.1, 0.9, 0.5]
  const fetch = weathered(
    async () => {
      arrived += 1
      return new Response('ok')
    },
    { loss: 0.3, offline: null, phaseMs: 0, random: () => draws.shift() ?? 0, nowMs: () => 0 },
  )
  await expect(fetch('u', {})).rejects.toThrow('request lost')
  expect(arrived).toBe(0)
  await expect(fetch('u', {})).rejects.toThrow('answer lost')
  expect(arrived).toBe(1)
  await expect(fetch('u', {})).resolves.toBeInstanceOf(Response)
})

test('away for a part of each cycle, and only then', async () => {
  let now = 0
  const fetch = weathered(async () => new Response('ok'), {
    loss: 0,
    offline: { awayMs: 10, everyMs: 100 },
    phaseMs: 0,
    random: () => 0.5,
    nowMs: () => now,
  })
  await expect(fetch('u', {})).rejects.toThrow('no network')
  now = 50
  await expect(fetch('u', {})).resolves.toBeInstanceOf(Response)
})
