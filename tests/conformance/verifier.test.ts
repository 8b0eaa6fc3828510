import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { formatTrust } from '@sereno/proof'
import { verificationWords } from '@sereno/text'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageBytes, testTrust } from '../../packages/proof/src/package.test-kit.ts'
import { type BuiltVerifier, buildVerifier } from '../../tools/verifier.ts'
import { openBrowser } from '../browser.ts'
import { violations } from '../e2e/axe.ts'
import { type Expected, type ExpectedDerivative, vectorFolder } from './make-vectors.ts'

let folder = ''
let built: BuiltVerifier
let browser: Browser
let page: Page
const asked: string[] = []
const file = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-verifier-'))
  built = await buildVerifier()
  const good = await packageBytes({ segments: 6, segmentBytes: 100_000 })
  const altered = new Uint8Array(good)
  const middle = Math.floor(altered.length / 2)
  altered[middle] = (altered[middle] ?? 0) ^ 1
  writeFileSync(file('verify.html'), built.bytes)
  writeFileSync(file('good.zip'), good)
  writeFileSync(file('altered.zip'), altered)
  writeFileSync(file('other.zip'), 'PK and nothing else')
  writeFileSync(file('trust.json'), formatTrust(testTrust))
  writeFileSync(file('nonsense.json'), '{}')
  browser = await openBrowser()
  const context = await browser.newContext({ locale: 'es-PE', offline: true, serviceWorkers: 'block' })
  page = await context.newPage()
  page.on('request', (request) => asked.push(request.url()))
}, 60_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** On a page opened anew: what it said of another package cannot be taken for what it says of this one. */
async function verdict(...names: readonly string[]): Promise<string> {
  await page.goto(pathToFileURL(file('verify.html')).href)
  await page.locator('input[type=file]').setInputFiles(names.map(file))
  const told = page.locator('section.report h2, p.fails')
  await told.waitFor({ timeout: 30_000 })
  return told.innerText()
}

test('two builds are the same bytes, and the script could not be exchanged', async () => {
  expect((await buildVerifier()).sha256).toBe(built.sha256)
  const text = readFileSync(file('verify.html'), 'utf8').replace(/<!--[\s\S]*?-->/, '')
  expect(text).toMatch(/default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]+'; style-src 'sha256-/)
  expect(text).not.toMatch(/unsafe-inline|unsafe-eval|connect-src|https?:\/\/(?!www\.w3\.org)[a-z]/)
}, 60_000)

test('opened from a folder without a network, it says what the package is', async () => {
  expect(await verdict('good.zip', 'trust.json')).toBe('Se sostiene')
  expect(await page.locator('ul.checks > li[data-status=failed]').count()).toBe(0)
  expect(await verdict('good.zip')).toBe('Es coherente, pero no consta su origen')
  expect(await verdict('altered.zip', 'trust.json')).toBe('No se sostiene')
  expect(await page.locator('ul.checks > li[data-status=failed]').count()).toBeGreaterThan(0)
  expect(await verdict('other.zip', 'trust.json')).toBe('No es un paquete de evidencia')
  expect(await verdict('good.zip', 'nonsense.json')).toContain('archivo de confianza no se puede leer')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page, `verify.html ${colorScheme}`)).toEqual([])
  }
  expect(await verdict('altered.zip', 'trust.json')).toBe('No se sostiene')
  expect(await violations(page, 'verify.html fails')).toEqual([])
  expect(asked.filter((url) => !/^(file|blob|data):/.test(url))).toEqual([])
}, 120_000)

test('says of every vector what the other two verifiers say', async () => {
  const words = verificationWords('es')
  const results = ['holds', 'fails', 'not-a-package', 'origin-not-established'] as const
  const expected = JSON.parse(readFileSync(join(vectorFolder, 'expected.json'), 'utf8')) as readonly Expected[]
  for (const { name, trust, exitCode, failed } of expected) {
    const given = [`${name}.zip`, ...(trust === null ? [] : [`${trust}.json`])]
    for (const of of given) {
      copyFileSync(join(vectorFolder, of), file(of))
    }
    const told = await verdict(...given)
    const result = results[exitCode]
    expect(told, name).toBe(result === undefined ? '' : words.results[result].title)
    const lines = await page.locator('ul.checks > li[data-status=failed]').allInnerTexts()
    for (const one of failed) {
      const [id = '', code = ''] = one.split(' ')
      const title = new Map(Object.entries(words.checks)).get(id) ?? id
      const line = lines.find((text) => text.includes(title)) ?? ''
      expect(line, `${name}: ${one}`).toContain(new Map(Object.entries(words.codes)).get(code) ?? code)
    }
  }
}, 300_000)

test('checks clips and stills by their lineage, says how they were cut, and asks for a lineage that is missing', async () => {
  const words = verificationWords('es')
  const list = JSON.parse(readFileSync(join(vectorFolder, 'expected-derivatives.json'), 'utf8'))
  for (const { file: name, lineage, trust, exitCode, failed, cut } of list as readonly ExpectedDerivative[]) {
    const names = [name, lineage, ...(trust === null ? [] : [`${trust}.json`])]
    for (const of of names) {
      copyFileSync(join(vectorFolder, of), file(of))
    }
    const titles = [words.results.holds, words.results.fails, words.derivative['not-a-derivative']]
    const title = titles[exitCode] ?? words.results['origin-not-established']
    expect(await verdict(...names), name).toBe(title.title)
    expect(await page.locator('ul.checks > li[data-status=failed]').count(), name).toBe(
      new Set(failed.map((one) => one.split(' ')[0])).size,
    )
    expect(await page.getByText(words.codes[cut ?? ''] ?? '…').count(), name).toBe(cut === null ? 0 : 1)
  }
  expect(await violations(page, 'verify.html with a still')).toEqual([])
  await page.goto(pathToFileURL(file('verify.html')).href)
  await page.locator('input[type=file]').setInputFiles([file('valid-clip.mp4')])
  await page.getByText('Falta la procedencia').waitFor()
  await page.locator('input[type=file]').setInputFiles([file('valid-clip.lineage.json'), file('trust.json')])
  await page.getByRole('region', { name: 'Se sostiene' }).waitFor()
}, 120_000)

test('turns to English with everything on it, and begins anew with another file', async () => {
  await verdict('good.zip', 'trust.json')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('region', { name: 'It holds' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  expect(await page.getByText('Signature of the package').count()).toBe(1)
  expect(await violations(page, 'verify.html in English')).toEqual([])
  await page.locator('input[type=file]').setInputFiles([file('altered.zip')])
  await page.getByRole('region', { name: 'It does not hold' }).waitFor()
}, 60_000)

test('shows how far it is, and can be cancelled', async () => {
  writeFileSync(file('large.zip'), await packageBytes({ segments: 160, segmentBytes: 1_000_000 }))
  await page.goto(pathToFileURL(file('verify.html')).href)
  await page.locator('input[type=file]').setInputFiles([file('large.zip'), file('trust.json')])
  await page.getByRole('button', { name: 'Cancelar' }).click()
  await page.getByText('Cancelado.').waitFor()
  expect(await page.locator('progress').count()).toBe(0)
  await page.locator('input[type=file]').setInputFiles([file('large.zip')])
  await page.locator('progress').waitFor()
  await page.getByRole('region', { name: 'Se sostiene' }).waitFor({ timeout: 60_000 })
}, 90_000)

test('nothing that is not in it can run or load', async () => {
  await page.goto(pathToFileURL(file('verify.html')).href)
  const refused = await page.evaluate(`(async () => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.ran = true'
    document.body.append(script)
    const image = new Image()
    const loaded = await new Promise((resolve) => {
      image.onload = () => resolve(true)
      image.onerror = () => resolve(false)
      image.src = 'verify.html'
    })
    const fetched = await fetch('verify.html').then(() => true, () => false)
    return { ran: 'ran' in globalThis, loaded, fetched }
  })()`)
  expect(refused).toEqual({ ran: false, loaded: false, fetched: false })
}, 30_000)
