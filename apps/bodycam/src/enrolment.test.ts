import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import encodeQR from 'qr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, phone } from '../../../tests/browser.ts'
import { type Product, startProduct, temporaryData } from '../../../tests/product.ts'
import { es } from './text.es.ts'

let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product
let pictures = ''
let browser: Browser | null = null
let context: BrowserContext
let page: Page
let office: <T>(method: string, path: string, body?: unknown) => Promise<T>
const waitMs = 40_000

beforeAll(async () => {
  data = await temporaryData()
  product = await startProduct({ data: data.folder })
  pictures = mkdtempSync(join(tmpdir(), 'sereno-qr-'))
  office = await signIn('administrator')
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await product?.interrupt()
  await data?.remove()
  rmSync(pictures, { recursive: true, force: true })
})

test('reads the enrolment code with its own camera', { timeout: 120_000 }, async () => {
  const { url, id } = await office<{ url: string; id: string }>('POST', '/devices/enrolments', {})
  // what the camera sees: the control room's screen, held a little askew of the middle
  writeFileSync(join(pictures, 'code.y4m'), filmOf(url))
  browser = await openBrowser([`--use-file-for-fake-video-capture=${join(pictures, 'code.y4m')}`])
  // requests of the worker are seen only where no service worker stands before them
  context = await browser.newContext({ ...phone, serviceWorkers: 'block' })
  context.setDefaultTimeout(waitMs)
  page = await context.newPage()
  await page.goto(`${product.url}/bodycam/`)
  await page.getByRole('button', { name: es.enrol.scan }).click()
  await page.getByRole('heading', { name: es.waiting.word }).waitFor()
  const { device } = await office<{ device: string | null }>('GET', `/devices/enrolments/${id}`)
  expect(device).not.toBeNull()
  // the number that the installation gave is one touch away
  expect(await page.getByRole('link', { name: es.call.word }).getAttribute('href')).toBe('tel:+5115550100')
})

test('enrolled as another device, it still delivers what it recorded before, under its old name', {
  timeout: 180_000,
}, async () => {
  const former = await theOnly()
  await startShift(former)
  await context.route('**/api/recordings/*/segments/*', (route) => route.abort())
  await page.locator('.disc.start').click()
  await page.getByRole('heading', { name: es.recording.word }).waitFor()
  await page.locator('.disc.stop').hover()
  await page.mouse.down()
  await page.getByText(es.end.what).waitFor()
  await page.mouse.up()
  await page.getByRole('radio', { name: es.end.category.test }).check({ force: true })
  await page.getByRole('button', { name: es.end.done, exact: true }).click()
  await office('POST', `/devices/${former}/return`)
  await page.getByRole('heading', { name: es.waiting.word }).waitFor()

  const { url, code } = await office<{ url: string; code: string }>('POST', '/devices/enrolments', {})
  await page.getByRole('button', { name: es.enrol.anew }).click()
  await page.getByRole('heading', { name: es.enrol.anew }).waitFor()
  // a link is read and asked about, never obeyed, by a phone that is somebody already
  await page.evaluate((hash) => {
    location.hash = hash
  }, new URL(url).hash)
  await page.getByRole('button', { name: es.enrol.pasteDo, exact: true }).click()
  await page.getByText(es.waiting.note(code)).waitFor()
  // killed and opened again it knows both names
  await page.reload()
  await page.getByText(es.waiting.note(code)).waitFor()
  await context.unroute('**/api/recordings/*/segments/*')

  const custodian = await signIn('custodian')
  type Found = { recordings: { state: string; missing: number }[] }
  await expect
    .poll(async () => (await custodian<Found>('GET', `/recordings?device=${former}`)).recordings, { timeout: 90_000 })
    .toMatchObject([{ state: 'sealed', missing: 0, quarantined: false }])
})

async function theOnly(): Promise<string> {
  const { devices } = await office<{ devices: { id: string; state: string }[] }>('GET', '/devices')
  return devices.find(({ state }) => state === 'enrolled')?.id ?? ''
}

async function startShift(device: string): Promise<void> {
  const { officers } = await office<{ officers: { id: string }[] }>('GET', '/officers')
  const body = { officer: officers.at(-1)?.id }
  const { pin } = await office<{ pin: string }>('POST', `/devices/${device}/issue`, body)
  await page.getByText(es.check.looksGood, { exact: true }).click()
  await page
    .getByText(es.check.despite, { exact: true })
    .or(page.getByText(es.check.goOn, { exact: true }))
    .click()
  await page.keyboard.type(pin)
  await page.getByText(es.pin.go, { exact: true }).click()
  await page.getByRole('heading', { name: es.ready.word }).waitFor()
}

/** A film of one still picture with the code in it (YUV4MPEG2, 4:2:0). */
function filmOf(text: string): Uint8Array {
  const [width, height, scale] = [640, 480, 6]
  const code = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const left = Math.floor((width - code.length * scale) / 2) + 11
  const top = Math.floor((height - code.length * scale) / 2) - 7
  const luma = Buffer.alloc(width * height, 150)
  for (const [row, cells] of code.entries()) {
    for (const [column, dark] of cells.entries()) {
      for (let y = 0; y < scale; y += 1) {
        const start = (top + row * scale + y) * width + left + column * scale
        luma.fill(dark ? 30 : 225, start, start + scale)
      }
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([head, ...Array.from({ length: 10 }, () => frame)])
}

async function signIn(role: string): Promise<typeof office> {
  const token = new URL(product.links[role] ?? '').hash.slice('#link='.length)
  const { url } = product
  const headers = { 'content-type': 'application/json', origin: url }
  const reply = await fetch(`${url}/api/session/link`, { method: 'POST', headers, body: JSON.stringify({ token }) })
  const cookie = reply.headers.getSetCookie().join('; ')
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
