/**
 * `npm run screenshots`: starts the demonstration, lets it live for a minute, and photographs the screens in night and day,
 * at laptop and phone size, into docs/pictures. What people see in the README is the product, not a drawing.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { laptop, phone } from '../tests/browser.ts'
import { openPhone, record, startShift } from '../tests/e2e/officer-phone.ts'
import { ask, type Desk, openStage, type Stage, signInAs } from '../tests/e2e/stage.ts'
import { root } from './run.ts'

const folder = join(root, 'docs/pictures')
const themes = ['night', 'day'] as const
const sizes = { laptop: laptop.viewport, phone: phone.viewport } as const

type Shot = {
  readonly name: string
  readonly role: string
  readonly path: string
  /** Brings the page to what is worth seeing. */
  readonly ready: (page: Page) => Promise<unknown>
}

const firstRow = (page: Page): Promise<void> => page.locator('tbody tr').first().waitFor()
const shots: readonly Shot[] = [
  { name: 'control-room', role: 'operator', path: '/', ready: openSos },
  { name: 'recordings', role: 'custodian', path: '/recordings', ready: firstRow },
  { name: 'recording', role: 'custodian', path: '/recordings?state=sealed', ready: play },
  { name: 'fleet', role: 'administrator', path: '/fleet', ready: firstRow },
  { name: 'people', role: 'administrator', path: '/people', ready: firstRow },
  { name: 'ledger', role: 'overseer', path: '/ledger', ready: firstRow },
  { name: 'settings', role: 'operator', path: '/settings', ready: (page) => page.locator('h1').first().waitFor() },
  { name: 'verify', role: 'operator', path: '/verify', ready: (page) => page.locator('h1').first().waitFor() },
]

/** The SOS that the demonstration raises, opened as an operator does: one key, position and picture at once. */
async function openSos(page: Page): Promise<void> {
  await page.locator('canvas').first().waitFor()
  await page.keyboard.press('s')
  await page.waitForTimeout(8000)
}

async function play(page: Page): Promise<void> {
  await page.locator('tbody tr a').first().click()
  await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(6000)
}

async function photograph(stage: Stage): Promise<void> {
  const desks = new Map<string, Desk>()
  for (const shot of shots) {
    const desk = desks.get(shot.role) ?? (await signInAs(stage, shot.role))
    desks.set(shot.role, desk)
    for (const [size, viewport] of Object.entries(sizes)) {
      for (const theme of themes) {
        await desk.page.setViewportSize(viewport ?? { width: 1440, height: 900 })
        const mark = shot.path.includes('?') ? '&' : '?'
        await desk.page.goto(`${stage.product.url}${shot.path}${mark}theme=${theme}`)
        await shot.ready(desk.page)
        await desk.page.waitForTimeout(2500)
        await keep(desk.page, `${shot.name}-${theme}${size === 'laptop' ? '' : '-phone'}`)
      }
    }
  }
  const administrator = desks.get('administrator')
  if (administrator) {
    await photographPhone(stage, administrator)
  }
}

/** The officer's phone, enrolled and issued for the picture. */
async function photographPhone(stage: Stage, administrator: Desk): Promise<void> {
  const { page } = await openPhone(stage)
  await page.goto(`${stage.product.url}/bodycam/`)
  await page.waitForTimeout(2000)
  await keep(page, 'bodycam-new')
  const enrolment = (await ask(administrator, 'POST', '/api/devices/enrolments', { code: 'BC-FOTO' })).json as {
    readonly id: string
    readonly url: string
  }
  await page.goto(enrolment.url)
  await page.waitForTimeout(4000)
  const { device } = (await ask(administrator, 'GET', `/api/devices/enrolments/${enrolment.id}`)).json as {
    readonly device: string
  }
  const officer = (await ask(administrator, 'POST', '/api/officers', { code: 'S-FOTO', name: 'Agente de la foto' }))
    .json as { readonly id: string }
  const issued = (await ask(administrator, 'POST', `/api/devices/${device}/issue`, { officer: officer.id })).json as {
    readonly pin: string
  }
  await page.getByRole('heading').first().waitFor()
  await page.waitForTimeout(4000)
  await keep(page, 'bodycam-check')
  await startShift(page, issued.pin)
  await page.waitForTimeout(3000)
  await keep(page, 'bodycam-ready')
  await record(page)
  await page.waitForTimeout(9000)
  await keep(page, 'bodycam-recording')
}

async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), timeout: 60_000 })
  console.log(name)
}

await mkdir(folder, { recursive: true })
const stage = await openStage([])
try {
  console.log('the demonstration lives for two minutes …')
  await new Promise((resolve) => setTimeout(resolve, 120_000))
  await photograph(stage)
} finally {
  await stage.close()
}
