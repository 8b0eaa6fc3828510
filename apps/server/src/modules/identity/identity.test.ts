import { utf8 } from '@sereno/proof'
import { describe, expect, test } from 'vitest'
import { hashPassword, isOutdated, isPassword, isWeak } from './password.ts'
import { isAlive, limitsOf, shouldRotate } from './session.ts'
import { failed, nameAndSourceLimit, waitMs } from './throttle.ts'
import { codeAt, matchingStep, otpauthUri, stepOf, toBase32 } from './totp.ts'

const minuteMs = 60_000

describe('TOTP', () => {
  // RFC 6238 appendix B, SHA-1 rows: eight digits, secret "12345678901234567890".
  test.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('RFC 6238 at %i s', (seconds, code) => {
    expect(codeAt(utf8('12345678901234567890'), stepOf(seconds * 1000), 8)).toBe(code)
  })

  // RFC 4226 appendix D.
  test('RFC 4226 counters 0 to 3', () => {
    const codes = [0, 1, 2, 3].map((step) => codeAt(utf8('12345678901234567890'), step))
    expect(codes).toEqual(['755224', '287082', '359152', '969429'])
  })

  test('takes one step of clock error either way and never a code twice', () => {
    const secret = utf8('12345678901234567890')
    const nowMs = 1_700_000_000_000
    const now = stepOf(nowMs)
    expect(matchingStep(secret, codeAt(secret, now), { nowMs, lastStep: null })).toBe(now)
    expect(matchingStep(secret, codeAt(secret, now - 1), { nowMs, lastStep: null })).toBe(now - 1)
    expect(matchingStep(secret, codeAt(secret, now + 1), { nowMs, lastStep: null })).toBe(now + 1)
    expect(matchingStep(secret, codeAt(secret, now - 2), { nowMs, lastStep: null })).toBeNull()
    expect(matchingStep(secret, codeAt(secret, now), { nowMs, lastStep: now })).toBeNull()
    expect(matchingStep(secret, codeAt(secret, now - 1), { nowMs, lastStep: now })).toBeNull()
  })

  // RFC 4648 §10.
  test('writes base32', () => {
    expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => toBase32(utf8(text)))).toEqual([
      '',
      'MY',
      'MZXQ',
      'MZXW6',
      'MZXW6YQ',
      'MZXW6YTB',
      'MZXW6YTBOI',
    ])
    expect(otpauthUri(utf8('foobar'), 'Sereno Año', 'rosa')).toContain(
      'otpauth://totp/Sereno%20A%C3%B1o:rosa?secret=MZXW6YTBOI',
    )
  })
})

describe('passwords', () => {
  test('match only themselves, and not across salts', async () => {
    const stored = await hashPassword('cuatro palabras sin relación', new Uint8Array(16).fill(7))
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await isPassword(stored, 'cuatro palabras sin relación')).toBe(true)
    expect(await isPassword(stored, 'cuatro palabras sin relacion')).toBe(false)
    expect(await isPassword(null, 'cuatro palabras sin relación')).toBe(false)
    expect(await isPassword('$argon2id$v=19$m=8,t=1,p=1$AA$AA', '')).toBe(false)
    expect(await hashPassword('cuatro palabras sin relación', new Uint8Array(16).fill(8))).not.toBe(stored)
    expect(isOutdated(stored)).toBe(false)
    expect(isOutdated(stored.replace('t=2', 't=1'))).toBe(true)
  })

  test('the same accent typed two ways is the same password', async () => {
    const stored = await hashPassword('acción nocturna 9', new Uint8Array(16))
    expect(await isPassword(stored, 'acción nocturna 9'.normalize('NFD'))).toBe(true)
  })

  test.each(['short', 'aaaaaaaaaaaaaaaa', 'abcdefghijklmnop', 'contraseña123', 'serenazgo2026!', 'RosaQuispe2026'])(
    'weak: %s',
    (password) => expect(isWeak(password, ['Rosa Quispe', 'rquispe'])).toBe(true),
  )
  test.each(['lámpara río tejado once', 'x9!kPq2#vL7m', 'el gato duerme en la puna'])('good: %s', (password) =>
    expect(isWeak(password, ['Rosa Quispe', 'rquispe'])).toBe(false),
  )
})

describe('waiting after failures', () => {
  test('five are free, then each doubles the wait, up to fifteen minutes', () => {
    let state = failed(null, nameAndSourceLimit, 0)
    const waits = [waitMs(state, 0)]
    for (let count = 2; count <= 12; count += 1) {
      state = failed(state, nameAndSourceLimit, 0)
      waits.push(waitMs(state, 0) / minuteMs)
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15])
    expect(waitMs(state, 15 * minuteMs)).toBe(0)
    expect(failed(state, nameAndSourceLimit, 60 * minuteMs).failures).toBe(1)
  })
})

describe('sessions', () => {
  test('a shift for the room, half an hour for whoever can change things; the strictest counts', () => {
    expect(limitsOf(['operator']).idleMs).toBe(13 * 60 * minuteMs)
    expect(limitsOf(['operator', 'custodian']).idleMs).toBe(30 * minuteMs)
    expect(limitsOf(['administrator']).absoluteMs).toBe(12 * 60 * minuteMs)
    expect(limitsOf([]).idleMs).toBe(30 * minuteMs)
  })

  test('ends when idle, at its end, when ended', () => {
    const times = { seenAt: 100, idleMs: 50, endsAt: 1000, endedAt: null }
    expect([149, 150].map((now) => isAlive(times, now))).toEqual([true, false])
    expect(isAlive({ ...times, seenAt: 990 }, 1000)).toBe(false)
    expect(isAlive({ ...times, endedAt: 120 }, 130)).toBe(false)
  })

  test('rotates every quarter of an hour', () => {
    expect([15 * minuteMs - 1, 15 * minuteMs].map((now) => shouldRotate(0, now))).toEqual([false, true])
  })
})
