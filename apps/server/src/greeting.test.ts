import path from 'node:path'
import { expect, test } from 'vitest'
import { consoleText } from './console-text.ts'
import { explain } from './greeting.ts'
import { Unavailable } from './kernel/errors.ts'
import { reachSigner } from './kernel/signer-process.ts'
import { temporaryFolder } from './test-kit/index.ts'

test('a command beside a server whose signer is away ends with a sentence, in both languages', async () => {
  const nowhere = path.join(temporaryFolder('no-signer'), 'signer.sock')
  const error = await reachSigner(nowhere, 50).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Unavailable)
  const told = ['es_PE.UTF-8', 'en_US.UTF-8'].map((LANG) => explain(consoleText({ LANG }), error))
  expect(told[0]).toMatch(/^El firmante no responde: .*logs\/server\.log\.$/)
  expect(told[1]).toMatch(/^The signer does not answer: .*logs\/server\.log\.$/)
})

test('what else is away is named; what nobody foresaw is shown whole', () => {
  const english = consoleText({ LANG: 'en' })
  expect(explain(english, new Unavailable('database'))).toMatch(/^No answer: database\. /)
  expect(explain(english, new Error('nobody foresaw it'))).toContain('greeting.test.ts')
})
