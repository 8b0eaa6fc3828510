import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { WrongSettings } from './config.ts'
import { openStorageSettings } from './storage-settings.ts'
import { temporaryFolder } from './test-kit/index.ts'

const keys = { SERENO_S3_ACCESS_KEY: 'a', SERENO_S3_SECRET_KEY: 'b' }
const wanted = { s3: 'https://store.example:9000/footage', lockDays: 45 }

test('a store that was named is remembered, for its owner alone; nobody changes it by naming another', () => {
  const folder = temporaryFolder('storage')
  expect(openStorageSettings(folder, { s3: null, lockDays: 0 }, {})).toBeNull()
  const named = openStorageSettings(folder, wanted, keys)
  expect(named).toMatchObject({ endpoint: 'https://store.example:9000', bucket: 'footage', lockDays: 45 })
  expect(openStorageSettings(folder, null, {})).toEqual(named)
  expect(openStorageSettings(folder, wanted, { SERENO_S3_SECRET_KEY: 'rotated' })).toMatchObject({
    secretKey: 'rotated',
  })
  expect(statSync(path.join(folder, 'storage.json')).mode & 0o077).toBe(0)
  const before = readFileSync(path.join(folder, 'storage.json'), 'utf8')
  expect(() => openStorageSettings(folder, { ...wanted, s3: 'https://other.example/footage' }, keys)).toThrow(
    WrongSettings,
  )
  expect(readFileSync(path.join(folder, 'storage.json'), 'utf8')).toBe(before)
})

test.each([
  'store.example/footage',
  'ftp://store.example/footage',
  'https://store.example',
  'https://store.example/No',
])('no address of a bucket: %s', (s3) => {
  expect(() => openStorageSettings(temporaryFolder('storage'), { s3, lockDays: 0 }, keys)).toThrow(WrongSettings)
})

test('without credentials it says which are missing', () => {
  expect(() => openStorageSettings(temporaryFolder('storage'), wanted, {})).toThrow('SERENO_S3_ACCESS_KEY')
})
