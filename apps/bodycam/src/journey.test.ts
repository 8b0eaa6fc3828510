import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listenForErrors, openBrowser, phone } from '../../../tests/browser.ts'
import { type Product, startProduct, temporaryData } from '../../../tests/product.ts'
import { es } from './text.es.ts'

const run = promisify(execFile)
const commands = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const axe = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>
type Box = {
  readonly kind: string
  readonly preEvent: boolean
  readonly audio: boolean
  readonly reason: string | null
  readonly sequence: number
}

let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product
let browser: Browser
let context: BrowserContext
let page: Page
let errors: string[]
let administrator: Call
let operator: Call
let custodian: Call
let device = ''
const said = (words: string) => page.getByText(words, { exact: true }).first().waitFor({ timeout: 30_000 })

beforeAll(async () => {
  data = await temporaryData()
  product = await startProduct({ data: data.folder })
  administrator = await signIn('administrator')
  operator = await signIn('operator')
  custodian = await signIn('custodian')
  browser = await openBrowser()
  context = await browser.newContext(phone)
  page = await context.newPage()
  errors = listenForErrors(page)
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await product?.interrupt()
  await data?.remove()
})

// One officer's shift, in the order it happens: each step stands on the one before.
describe('an officer’s phone, against the real server', () => {
  test('enrols by its link, is issued, and starts the shift with check and PIN', { timeout: 120_000 }, async () => {
    const enrolment = await administrator<{ url: string; code: string }>('POST', '/devices/enrolments', {})
    await page.goto(`${product.url}/bodycam/`)
    await said(es.enrol.word)
    await expectAccessible()
    await page.goto(enrolment.url)
    await said(es.waiting.word)
    expect(new URL(page.url()).hash).toBe('')
    const { devices } = await administrator<{ devices: { id: string; code: string }[] }>('GET', '/devices')
    device = devices.find((each) => each.code === enrolment.code)!.id
    const { officers } = await administrator<{ officers: { id: string; active: boolean }[] }>('GET', '/officers')
    const officer = officers.findLast((each) => each.active)!.id
    const { pin } = await administrator<{ pin: string }>('POST', `/devices/${device}/issue`, { officer })
    await page.getByText(es.check.looksGood, { exact: true }).click({ timeout: 30_000 })
    await expectAccessible()
    // a headless browser never grants firm storage: that item fails honestly, and the officer goes out despite it
    await page
      .getByText(es.check.despite, { exact: true })
      .or(page.getByText(es.check.goOn, { exact: true }))
      .click()
    await page.keyboard.type('0000')
    await page.getByText(es.pin.go, { exact: true }).click()
    await page.locator('.plate[role=alert]').waitFor()
    await page.keyboard.type(pin)
    await page.getByText(es.pin.go, { exact: true }).click()
    await said(es.ready.word)
    await page.getByText(es.ready.buffer(4), { exact: true }).waitFor({ timeout: 30_000 })
    await expectAccessible()
  })

  test('records with one touch; who watches is written on the glass, and the picture goes live', async () => {
    await page.locator('.disc.start').click()
    await said(es.recording.word)
    await page.locator('.mark').click()
    await said(`${es.recording.withSound} ${es.recording.marked(1)}`)
    const watch = await operator<{ id: string }>('POST', '/watches', { device, purpose: 'incident', reference: '17' })
    await said(es.watch.one)
    await expectAccessible()
    await until('the live leg', async () => {
      const { units } = await operator<{ units: { device: string; streaming: boolean }[] }>('GET', '/units')
      return units.find((unit) => unit.device === device)?.streaming === true
    })
    await operator('POST', `/watches/${watch.id}/close`)
    await page.getByText(es.watch.one).waitFor({ state: 'detached' })
  })

  test('goes on without the server, says so, and catches up by itself', { timeout: 180_000 }, async () => {
    const port = Number(new URL(product.url).port)
    await product.kill()
    await said(es.offline.title)
    expect(await page.locator('.screen.recording').count()).toBe(1)
    await holdUntil('.corner.sos', () => page.locator('.sos-sent').waitFor())
    expect(await page.getByText(es.sos.sentNote).count()).toBe(0)
    product = await startProduct({ data: data.folder, port })
    await page.getByText(es.sos.sentNote).waitFor({ timeout: 60_000 })
    const { id } = await until('the alarm', async () => {
      const { alarms } = await operator<{ alarms: { id: string; device: string; kind: string }[] }>('GET', '/alarms')
      return alarms.find((alarm) => alarm.device === device && alarm.kind === 'sos')
    })
    await operator('POST', `/alarms/${id}/acknowledge`)
    await said(es.sos.seen)
    await expectAccessible()
    await holdUntil('.slab.hold', () => page.locator('.disc.stop').waitFor())
    await page.locator('.tape b', { hasText: es.tape.safe }).waitFor({ timeout: 60_000 })
  })

  test('survives the tab being killed: a signed gap, a signed stop, and it goes on', { timeout: 120_000 }, async () => {
    await page.close()
    page = await context.newPage()
    errors.push(...listenForErrors(page))
    await page.goto(`${product.url}/bodycam/`)
    await said(es.recording.word)
    await holdUntil('.disc.stop', () => page.getByText(es.end.what).waitFor())
    await expectAccessible()
    await page.getByText(es.end.category.assistance).click()
    await page.getByText(es.end.done, { exact: true }).click()
    await said(es.ready.word)
    const recordings = await until('both recordings, whole', async () => {
      const found = await custodian<{ recordings: { id: string; state: string; missing: number; category: string }[] }>(
        'GET',
        `/recordings?device=${device}`,
      )
      return found.recordings.every((recording) => recording.state !== 'receiving' && recording.missing === 0) &&
        found.recordings.length === 2 &&
        found.recordings.some((recording) => recording.category === 'assistance')
        ? found.recordings
        : null
    })
    const boxes = await Promise.all(
      recordings.map(async ({ id }) => (await custodian<{ segments: Box[] }>('GET', `/recordings/${id}`)).segments),
    )
    const cut = boxes.find((segments) => segments.some((segment) => segment.reason === 'tab-killed'))!
    expect(cut[0]?.preEvent).toBe(true)
    expect(cut.filter((segment) => segment.preEvent).every((segment) => !segment.audio)).toBe(true)
    expect(cut.some((segment) => segment.audio && !segment.preEvent)).toBe(true)
    // a busy machine may leave frames out, and then says so
    const gaps = cut.filter(({ kind, reason }) => kind === 'gap' && reason !== 'overload')
    expect(gaps.map(({ reason }) => reason)).toEqual(['tab-killed'])
    expect(boxes.flat().some((segment) => segment.kind === 'missing')).toBe(false)
  })

  test('erases its own copy only when a published checkpoint covers it', { timeout: 120_000 }, async () => {
    await page.locator('.corner.mark').click()
    const erased = page.locator(`.queue li .icon[aria-label="${es.shift.erased}"]`)
    await until('both copies gone', async () => (await erased.count()) === 2)
    await expectAccessible()
    const left = (await filesOf(page)).filter((name) => /[.](seg|box)$/.test(name))
    expect(left).toEqual([])
    await page.getByText(es.shift.close, { exact: true }).click()
  })

  test('starts without a network, with the shift it knew, by keyboard alone', { timeout: 120_000 }, async () => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    const port = Number(new URL(product.url).port)
    await product.interrupt()
    await page.close()
    page = await context.newPage()
    await page.goto(`http://localhost:${port}/bodycam/`)
    await said(es.ready.word)
    await page.locator('.disc.start').focus()
    await page.keyboard.press('Enter')
    await said(es.recording.word)
    // somebody sets the clock back: a signed observation, and nothing stops
    await page.evaluate(() => {
      const real = Date.now
      Date.now = () => real() - 30_000
    })
    await page.locator('.disc.stop').focus()
    await page.waitForFunction(() => document.querySelectorAll('.tape .lost[d^=M]').length > 0, null, {
      timeout: 30_000,
    })
    await page.keyboard.down(' ')
    await page.getByText(es.end.what).waitFor()
    await page.keyboard.up(' ')
    // nothing that this phone could open is left of it, long before anybody could have received it
    await until('what lies here to be sealed', async () => {
      const names = await filesOf(page)
      return names.some((name) => name.endsWith('.box')) && !names.some((name) => name.endsWith('.seg'))
    })
    // while it is away the ledger gets other keys: nobody tells the phone
    await run(process.execPath, [commands, 'continue-log', '--data', data.folder])
    product = await startProduct({ data: data.folder, port })
    await page.getByText(es.tape.percent(100)).waitFor({ timeout: 60_000 })
    const observed = await until('the observation', async () => {
      type Found = { recordings: { id: string }[] }
      const { recordings } = await custodian<Found>('GET', `/recordings?device=${device}`)
      const segments = await Promise.all(
        recordings.map(async ({ id }) => (await custodian<{ segments: Box[] }>('GET', `/recordings/${id}`)).segments),
      )
      const found = segments.flat().filter(({ reason }) => reason === 'clock-change')
      return found.length > 0 ? found : null
    })
    expect(observed.length).toBe(1)
    expect(errors).toEqual([])
  })

  test('follows the ledger to its new keys by itself, and erases what is proven there', {
    timeout: 120_000,
  }, async () => {
    const { logs } = await namedLogs()
    expect(logs).toBe(2)
    await page.getByText(es.end.category.assistance).click()
    await page.getByText(es.end.done, { exact: true }).click()
    await said(es.ready.word)
    await page.locator('.corner.mark').click()
    const erased = page.locator(`.queue li .icon[aria-label="${es.shift.erased}"]`)
    await until('all three copies gone', async () => (await erased.count()) === 3)
    expect(await page.getByText(es.shift.handOver).count()).toBe(0)
    expect(await page.getByText(es.shift.doubted).count()).toBe(0)
    expect(errors).toEqual([])
  })
})

/** How many logs the public trust names: the one that grows, and those that it continues. */
async function namedLogs(): Promise<{ readonly logs: number }> {
  const { stdout } = await run(process.execPath, [commands, 'trust', '--data', data.folder])
  const trust = JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1))
  return { logs: 1 + (trust.previousLogs?.length ?? 0) }
}

/** Names of all that the page keeps in its private file system. */
function filesOf(of: Page): Promise<readonly string[]> {
  return of.evaluate(async () => {
    const names: string[] = []
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
        if (handle.kind === 'directory') {
          await walk(handle as FileSystemDirectoryHandle)
        } else {
          names.push(name)
        }
      }
    }
    await walk(await navigator.storage.getDirectory())
    return names
  })
}

async function signIn(role: string): Promise<Call> {
  const token = new URL(product.links[role] ?? '').hash.slice('#link='.length)
  const { url } = product
  const headers = { 'content-type': 'application/json', origin: url }
  const reply = await fetch(`${url}/api/session/link`, { method: 'POST', headers, body: JSON.stringify({ token }) })
  expect(reply.status).toBe(200)
  const cookie = reply.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? { origin: url } : headers) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    }
    return answer.json()
  }
}

async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = performance.now() + 50_000
  while (performance.now() < deadline) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) {
      return found
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const shown = await page.locator('body').innerText()
  throw new Error(`waited in vain for ${what}; the glass says:\n${shown}`)
}

/** Keeps a control down until what it does has happened. */
async function holdUntil(selector: string, happened: () => Promise<void>): Promise<void> {
  await page.locator(selector).hover()
  await page.mouse.down()
  await happened()
  await page.mouse.up()
}

async function expectAccessible(): Promise<void> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    type Axe = { run: (root: Document) => Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> }
    const { violations } = await (window as unknown as { axe: Axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  })
  expect(found).toEqual([])
}
