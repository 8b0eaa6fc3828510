import { expect, test } from 'vitest'
import { type KeyName, keys } from './keys.ts'

test('a key means one thing on a screen, and keys of everywhere are never given again', () => {
  const seen = new Map<string, string>()
  for (const name of Object.keys(keys) as KeyName[]) {
    const { key, screen } = keys[name]
    for (const where of screen === 'everywhere' ? ['operations', 'recording'] : [screen]) {
      expect(seen.get(`${where} ${key}`), `${key} on ${where}`).toBeUndefined()
      seen.set(`${where} ${key}`, name)
    }
  }
})
