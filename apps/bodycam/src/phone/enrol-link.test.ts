import { expect, test } from 'vitest'
import { enrolTokenOf } from './enrol-link.ts'

const token = 'abcDEF123_-abcDEF123_-'

test('a link, a link with spaces round it, and a bare token are read; anything else is not', () => {
  expect(enrolTokenOf(`https://surco.example/bodycam/#enrol=${token}`)).toBe(token)
  expect(enrolTokenOf(`  https://surco.example/bodycam/#enrol=${token}\n`)).toBe(token)
  expect(enrolTokenOf(token)).toBe(token)
  expect(enrolTokenOf('https://surco.example/bodycam/')).toBeNull()
  expect(enrolTokenOf('https://surco.example/#link=abcDEF123_-abcDEF123_-')).toBeNull()
  expect(enrolTokenOf('')).toBeNull()
})
