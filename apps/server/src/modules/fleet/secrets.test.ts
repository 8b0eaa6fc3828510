import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createChallenges, hashPin, isPin, makePin } from './secrets.ts'

const device = '0198f3a0-0000-7000-8000-000000000001'

describe('PINs', () => {
  it('are six digits, and only the right one opens', async () => {
    const pin = makePin(randomBytes)
    expect(pin).toMatch(/^\d{6}$/)
    const hashed = await hashPin(pin, randomBytes(16))
    expect(hashed).not.toContain(pin)
    expect(await isPin(pin, hashed)).toBe(true)
    expect(await isPin(String((Number(pin) + 1) % 1_000_000).padStart(6, '0'), hashed)).toBe(false)
    expect(await isPin(pin, 'argon2id$')).toBe(false)
  })
  it('skip bytes that would favour small digits', () => {
    const bytes = [255, 251, 9, 19, 250, 0, 3, 4, 5, 255, 255, 255]
    expect(makePin(() => Uint8Array.from(bytes))).toBe('990345')
  })
})

describe('challenges', () => {
  it('are spent once, by their device, in their time', () => {
    const challenges = createChallenges(randomBytes, 60_000)
    const nonce = challenges.make(device, 1_790_000_000_000)
    expect(nonce).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(challenges.spend(device.replace('1', '2'), nonce, 1_790_000_000_000)).toBe(false)
    expect(challenges.spend(device, nonce, 1_790_000_060_001)).toBe(false)
    const forged = `${nonce.slice(0, -1)}${nonce.endsWith('A') ? 'E' : 'A'}`
    expect(challenges.spend(device, forged, 1_790_000_000_000)).toBe(false)
    expect(challenges.spend(device, nonce, 1_790_000_059_000)).toBe(true)
    expect(challenges.spend(device, nonce, 1_790_000_059_000)).toBe(false)
  })
  it('of another process are worth nothing', () => {
    const nonce = createChallenges(randomBytes, 60_000).make(device, 1000)
    expect(createChallenges(randomBytes, 60_000).spend(device, nonce, 1000)).toBe(false)
  })
})
