import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { exportPackage } from '../../apps/simulator/src/office.ts'
import { laptop } from '../../tests/browser.ts'
import { officeOf } from '../../tests/e2e/simulated-phone.ts'
import { type Desk, freshLink, type Stage, signInAs } from '../../tests/e2e/stage.ts'
import { keep, settle, speak, take, waitMs } from './album.ts'

const row = (page: Page): Promise<void> => page.locator('tbody tr').first().waitFor({ timeout: waitMs })
const go = async (stage: Stage, page: Page, path: string): Promise<void> => {
  await page.goto(stage.product.url + path)
}

/** Every screen of the control room, with the life of the demonstration in it. */
export async function photographControlRoom(stage: Stage): Promise<void> {
  await photographDoor(stage)
  const operator = await signInAs(stage, 'operator', await freshLink(stage, 'operator'))
  await photographRoom(operator)
  const custodian = await signInAs(stage, 'custodian')
  await photographRecordings(stage, custodian)
  await photographVerifier(stage)
  await photographOffices(stage)
}

async function photographDoor(stage: Stage): Promise<void> {
  const context = await stage.browser.newContext(laptop)
  const page = await context.newPage()
  await go(stage, page, '/')
  await page.locator('form').waitFor({ timeout: waitMs })
  await take(page, 'sign-in')
  await page.goto(await freshLink(stage, 'operator'))
  await page.getByRole('button', { name: 'Entrar con este enlace' }).waitFor()
  await take(page, 'sign-in-link', { at: ['laptop'], by: ['night'] })
  await context.close()
}

async function photographRoom({ context, page }: Desk): Promise<void> {
  await page.locator('canvas').first().waitFor()
  await page.locator('[data-region=queue] li a').first().waitFor({ timeout: 120_000 })
  await settle(page, 4000)
  await take(page, 'room')
  await take(page, 'room', { at: ['wall'], by: ['night'] })
  await page.keyboard.press('s')
  await page.getByText('EN VIVO', { exact: true }).waitFor({ timeout: waitMs })
  await settle(page, 3000)
  await take(page, 'control-room')
  await take(page, 'control-room', { at: ['wall'], by: ['day'] })
  await speak(page, 'en')
  await page.keyboard.press('s')
  await page.getByText('LIVE', { exact: true }).waitFor({ timeout: waitMs })
  await settle(page, 3000)
  await take(page, 'control-room-en', { at: ['laptop'], by: ['night'] })
  await speak(page, 'es')
  await page.locator('[data-region=queue]').waitFor()
  await page.keyboard.press('l')
  await row(page)
  await take(page, 'room-table', { at: ['laptop'], by: ['night'] })
  // another unit: the reason is asked first, then the picture
  await page.locator('tbody tr').filter({ hasText: 'graba' }).locator('button').first().click()
  await page.getByRole('button', { name: /^Ver en vivo/ }).click()
  await page.getByRole('radio').first().waitFor()
  await take(page, 'room-purpose', { at: ['laptop'], by: ['night'] })
  await page.getByRole('button', { name: /^Abrir video/ }).click()
  await page.keyboard.press('l')
  await settle(page, 5000)
  await take(page, 'room-unit', { at: ['laptop'], by: ['night'] })
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await take(page, 'keys', { at: ['laptop'], by: ['night'] })
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await take(page, 'palette', { at: ['laptop'], by: ['night'] })
  await page.keyboard.press('Escape')
  await context.setOffline(true)
  await page.getByText('Sin servidor', { exact: true }).first().waitFor({ timeout: waitMs })
  await settle(page, 6000)
  await take(page, 'room-offline', { at: ['laptop'] })
  await context.close()
}

async function photographRecordings(stage: Stage, { page }: Desk): Promise<void> {
  await go(stage, page, '/recordings')
  await row(page)
  await take(page, 'recordings')
  await go(stage, page, '/recordings?text=nada-se-llama-asi')
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  await take(page, 'recordings-none', { at: ['laptop'], by: ['night'] })
  await go(stage, page, '/recordings?near=-12.13900,-76.99100&radius=1000')
  await page.locator('canvas').first().waitFor()
  await settle(page, 3000)
  await take(page, 'recordings-near', { at: ['laptop'], by: ['night'] })
  await go(stage, page, '/recordings?state=sealed')
  await row(page)
  await page.locator('tbody tr a').first().click()
  await page.locator('[data-region=file] button[type=submit]').waitFor()
  await take(page, 'recording-closed', { at: ['laptop'], by: ['night'] })
  await playFor(page, 6000)
  await take(page, 'recording', { at: ['laptop', 'phone'], by: ['night'] })
  await page.keyboard.press('e')
  await page.getByRole('dialog').waitFor()
  await take(page, 'recording-export', { at: ['laptop'], by: ['night'] })
  await page.keyboard.press('Escape')
  await speak(page, 'en')
  await page.locator('[data-region=file] button[type=submit]').waitFor()
  await playFor(page, 4000)
  await take(page, 'recording-en', { at: ['laptop'], by: ['night'] })
  await go(stage, page, '/recordings')
  await row(page)
  await take(page, 'recordings-en', { at: ['laptop'], by: ['night'] })
  await speak(page, 'es')
}

async function playFor(page: Page, forMs: number): Promise<void> {
  await page.locator('[data-region=file] button[type=submit]').click()
  await page.locator('video').waitFor()
  await page.keyboard.press('Space')
  await settle(page, forMs)
  await page.keyboard.press('Space')
}

/** A package that holds, and the same one with a byte that was changed. */
async function photographVerifier(stage: Stage): Promise<void> {
  const office = await officeOf(stage.product.url, await freshLink(stage, 'custodian'))
  const { recordings } = await office.api.call('GET /recordings', { query: { state: 'sealed', limit: 1 } })
  const folder = join(stage.product.data, 'pictures')
  const file = await exportPackage(office, recordings[0]?.id ?? '', folder)
  const trust = join(folder, 'trust.json')
  const touched = join(folder, 'tocado.zip')
  const bytes = await readFile(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(touched, bytes)
  const context = await stage.browser.newContext(laptop)
  const page = await context.newPage()
  await go(stage, page, '/verify')
  await page.locator('h1').waitFor({ timeout: waitMs })
  await take(page, 'verify')
  for (const [name, chosen] of [
    ['verify-holds', file],
    ['verify-fails', touched],
  ] as const) {
    await page.locator('input[type=file]').setInputFiles([chosen, trust])
    await page.locator(`dd:text-is("${chosen.split('/').at(-1)}")`).waitFor({ timeout: waitMs })
    await page.locator('section h2').first().waitFor({ timeout: waitMs })
    await take(page, name, { at: ['laptop', 'phone'], by: name === 'verify-holds' ? ['night', 'day'] : ['night'] })
  }
  await context.close()
}

/** Devices, people, the ledger, one's own account. */
async function photographOffices(stage: Stage): Promise<void> {
  const { page } = await signInAs(stage, 'administrator')
  await go(stage, page, '/fleet')
  await row(page)
  await take(page, 'fleet')
  await page.locator('tbody tr button, tbody tr a').first().click()
  await settle(page)
  await take(page, 'fleet-device', { at: ['laptop', 'phone'], by: ['night'] })
  await page.getByRole('button', { name: 'Dar de alta un equipo' }).click()
  await page.getByRole('textbox', { name: 'Código del equipo' }).fill('BC-FOTO')
  await page.getByRole('button', { name: 'Hacer el código QR' }).click()
  await page.getByRole('img', { name: 'Código QR de alta' }).waitFor()
  await take(page, 'fleet-enrol', { at: ['laptop', 'phone'], by: ['night'] })
  await go(stage, page, '/fleet?list=officers')
  await row(page)
  await take(page, 'fleet-officers', { at: ['laptop'], by: ['night'] })
  await go(stage, page, '/people')
  await row(page)
  await take(page, 'people')
  await page.locator('tbody tr button, tbody tr a').first().click()
  await settle(page)
  await take(page, 'people-account', { at: ['laptop'], by: ['night'] })
  await go(stage, page, '/settings')
  await page.locator('h1').waitFor()
  await take(page, 'settings')
  await go(stage, page, '/no-existe')
  await page.locator('h1').waitFor()
  await keep(page, 'missing-night')
  const overseer = await signInAs(stage, 'overseer')
  await go(stage, overseer.page, '/ledger')
  await row(overseer.page)
  await take(overseer.page, 'ledger')
  await overseer.page.locator('tbody tr button, tbody tr a').first().click()
  await settle(overseer.page, 3000)
  await take(overseer.page, 'ledger-entry', { at: ['laptop', 'phone'], by: ['night'] })
}
