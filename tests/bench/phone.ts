import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Desk } from '../../apps/simulator/src/office.ts'
import { phone } from '../browser.ts'

const waitMs = 60_000

export type RecordingPhone = { readonly context: BrowserContext; readonly page: Page; readonly device: string }

/** The real bodycam in a real Chromium, its camera replaced by the coded picture: enrolled, issued, recording. */
export async function recordWithPhone(browser: Browser, origin: string, office: Desk): Promise<RecordingPhone> {
  const context = await browser.newContext(phone)
  context.setDefaultTimeout(waitMs)
  await context.addInitScript({ path: join(import.meta.dirname, 'page/camera.js') })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  // Playwright knows no name for storage that the browser must not throw away; the browser does.
  await session.send('Browser.grantPermissions', {
    permissions: ['durableStorage', 'audioCapture', 'videoCapture', 'geolocation'],
    origin,
  })
  const enrolment = await office.api.call('POST /devices/enrolments', { body: { kind: 'phone' } })
  await page.goto(`${origin}/bodycam/#enrol=${enrolment.token}`)
  const device = await enrolled(office, page, enrolment.id)
  const code = `M${randomUUID().slice(0, 6)}`
  const officer = await office.api.call('POST /officers', { body: { code, name: 'Agente de medición' } })
  const { pin } = await office.api.call('POST /devices/:id/issue', {
    params: { id: device },
    body: { officer: officer.id },
  })
  await page.locator('main.check').waitFor()
  // "Looks good", then on; where this machine fails an item (no battery, no fix) the officer goes despite it.
  await page.locator('main.check .side .slab.half').click()
  await page.locator('main.check .slabs > .slab').last().click()
  for (const digit of pin) {
    await page.getByRole('button', { name: digit, exact: true }).click()
  }
  await page.locator('main.pin .slab.half').click()
  await page.locator('.disc.start').click()
  await page.locator('.disc.stop').waitFor()
  return { context, page, device }
}

async function enrolled(office: Desk, page: Page, id: string): Promise<string> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; ) {
    const { device } = await office.api.call('GET /devices/enrolments/:id', { params: { id } })
    if (device !== null) {
      return device
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`the phone did not enrol: ${await page.locator('body').innerText()}`)
}
