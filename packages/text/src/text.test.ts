import { refusals } from '@sereno/contracts'
import { describe, expect, test } from 'vitest'
import {
  age,
  bytes,
  distance,
  duration,
  errorWords,
  instantOf,
  number,
  stopwatch,
  timeOfDay,
  wallClock,
} from './index.ts'

const plain = (words: string): string => words.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('spans', () => {
  test('use two units at most', () => {
    expect(plain(duration(4_900))).toBe('4 s')
    expect(plain(duration(134_000))).toBe('2 min 14 s')
    expect(plain(duration(16_860_000))).toBe('4 h 41 min')
    expect(plain(duration(3_600_000))).toBe('1 h')
    expect(plain(duration(266_400_000))).toBe('3 d 2 h')
    expect(plain(duration(-5))).toBe('0 s')
  })
  test('say their age in the language', () => {
    expect(plain(age(4_000, 'es'))).toBe('hace 4 s')
    expect(plain(age(4_000, 'en'))).toBe('4 s ago')
  })
  test('run as a clock', () => {
    expect(stopwatch(47_000)).toBe('00:47')
    expect(stopwatch(3_851_000)).toBe('1:04:11')
  })
})

describe('figures', () => {
  test('part thousands from five digits on', () => {
    expect(plain(number(185_046, 'es'))).toBe('185 046')
    expect(number(1204, 'es')).toBe('1204')
    expect(plain(number(-1.25, 'es', 1))).toMatch(/^−1,[23]$/)
  })
  test('name bytes and metres', () => {
    expect(plain(bytes(999, 'es'))).toBe('999 B')
    expect(plain(bytes(1_500_000, 'es'))).toBe('1,5 MB')
    expect(plain(bytes(1_500_000, 'en'))).toBe('1.5 MB')
    expect(plain(distance(470, 'es'))).toBe('470 m')
    expect(plain(distance(1_250, 'en'))).toBe('1.3 km')
  })
})

describe('instants', () => {
  test('are told in the municipality’s zone', () => {
    const at = Date.parse('2026-11-20T04:41:55Z')
    expect(timeOfDay(at, 'America/Lima', 'es')).toBe('23:41:55')
    expect(wallClock(at, 'America/Lima')).toBe('2026-11-19T23:41')
  })
  test('come back from a wall clock, also where clocks change', () => {
    expect(instantOf('2026-11-19T23:41', 'America/Lima')).toBe(Date.parse('2026-11-20T04:41:00Z'))
    expect(instantOf('2026-07-01T12:00', 'Europe/Madrid')).toBe(Date.parse('2026-07-01T10:00:00Z'))
    expect(instantOf('nothing', 'America/Lima')).toBeNull()
  })
})

test('every refusal says what happened and what to do, in both languages', () => {
  for (const code of Object.keys(refusals)) {
    for (const language of ['es', 'en'] as const) {
      const words = errorWords(code, language)
      expect(words.title, code).toMatch(/\.$/)
      expect(words.next, code).toMatch(/\.$/)
      expect(words.title, code).not.toContain(code)
    }
  }
  expect(errorWords('made.up', 'es').title).toContain('made.up')
})
