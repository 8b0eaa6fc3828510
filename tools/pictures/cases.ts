import type { Page } from 'playwright-core'
import { casesEs as text } from '../../apps/control-room/src/features/cases/text.es.ts'
import { laptop } from '../../tests/browser.ts'
import { type Desk, freshLink, type Stage, signInAs } from '../../tests/e2e/stage.ts'
import { settle, speak, take, waitMs } from './album.ts'
import { type Custody, liveThroughCustody } from './custody-life.ts'

const dialogs = { at: ['laptop', 'phone'], by: ['night'] } as const

/** Cases from the list to the closed file, and what a guest sees of one. */
export async function photographCases(stage: Stage): Promise<void> {
  const custody = await liveThroughCustody(stage)
  const desk = await signInAs(stage, 'custodian', await freshLink(stage, 'custodian'))
  const { page } = desk
  const go = (path: string): Promise<unknown> => page.goto(stage.product.url + path)
  await go('/cases')
  await page.locator('tbody tr').first().waitFor({ timeout: waitMs })
  await take(page, 'cases')
  await take(page, 'cases', { at: ['wall'], by: ['day'] })
  await inDialog(page, 'cases-open', text.open)
  await go('/cases?text=nada-se-llama-asi')
  await page.getByRole('heading', { name: text.empty }).waitFor()
  await take(page, 'cases-none', { at: ['laptop'], by: ['day'] })
  await go(`/cases/${custody.fresh}`)
  await page.getByRole('heading', { name: text.sections.timeline }).waitFor()
  await take(page, 'case-new', dialogs)
  await photographCase(page, `${stage.product.url}/cases/${custody.full}`)
  await photographFromPlayer(stage, page, custody.recording)
  await photographGuest(stage, custody)
  await photographEnd(page, `${stage.product.url}/cases/${custody.full}`, desk)
}

async function photographCase(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('heading', { name: text.sections.timeline }).waitFor()
  await settle(page)
  await take(page, 'case')
  await take(page, 'case', { at: ['wall'], by: ['night'] })
  await speak(page, 'en')
  await page.getByRole('heading', { name: /Timeline|history/i }).waitFor()
  await take(page, 'case-en', { at: ['laptop'], by: ['day'] })
  await speak(page, 'es')
  await page.getByRole('heading', { name: text.sections.timeline }).waitFor()
  await inDialog(page, 'case-person', text.person.add)
  await inDialog(page, 'case-note', text.note.add)
  await inDialog(page, 'case-hand-over', text.handOver.add)
  await inDialog(page, 'case-receipt', text.handOver.receive)
  await inDialog(page, 'case-share', text.share.add)
  await inDialog(page, 'case-live', text.live.add)
  await inDialog(page, 'case-merge', text.fate.merge)
  await inDialog(page, 'case-transfer', text.fate.transfer)
  await inDialog(page, 'case-close', text.fate.close)
  await inDialog(page, 'case-edit', text.fate.edit)
  await inDialog(page, 'case-guest-log', new RegExp(`^${text.share.log}`))
  await page
    .getByRole('button', { name: new RegExp(`^${text.share.entrance}`) })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: text.share.entrance }).click()
  await page.getByText(text.share.code, { exact: true }).waitFor()
  await take(page, 'case-entrance', dialogs)
  await page.keyboard.press('Escape')
}

/** From the player into a case: the recording itself, a clip, a still. */
async function photographFromPlayer(stage: Stage, page: Page, recording: string): Promise<void> {
  await page.goto(`${stage.product.url}/recordings/${recording}`)
  await page.locator('[data-region=file] button[type=submit]').waitFor()
  await inDialog(page, 'player-to-case', text.player.toCase)
  await inDialog(page, 'player-clip', text.player.clip)
  await inDialog(page, 'player-still', text.player.still)
}

/** The outside account: its door, its one case, the player, and what it did. */
async function photographGuest(stage: Stage, { guest }: Custody): Promise<void> {
  const context = await stage.browser.newContext(laptop)
  const page = await context.newPage()
  await page.goto(guest.url)
  await page.locator('form input').first().waitFor({ timeout: waitMs })
  await take(page, 'guest-door', dialogs)
  await page.locator('form input').first().fill(guest.code)
  await page.locator('form button[type=submit]').click()
  await page.locator('h1').filter({ hasText: '·' }).waitFor({ timeout: waitMs })
  await page.locator('details summary').click()
  await settle(page)
  await take(page, 'guest')
  await take(page, 'guest', { at: ['wall'], by: ['day'] })
  await speak(page, 'en')
  await page.locator('h1').filter({ hasText: '·' }).waitFor({ timeout: waitMs })
  await take(page, 'guest-en', { at: ['laptop', 'phone'], by: ['day'] })
  await speak(page, 'es')
  await page.getByRole('link', { name: 'Mirar' }).first().click()
  await page.locator('[data-region=file] button[type=submit]').click()
  await page.locator('video').waitFor()
  await page.keyboard.press('Space')
  await settle(page, 4000)
  await page.keyboard.press('Space')
  await take(page, 'guest-recording')
  await context.close()
}

/** Handed over in time; then closed; then the line is cut while somebody reads. */
async function photographEnd(page: Page, address: string, { context }: Desk): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: text.handOver.receive }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: text.handOver.name }).fill('SO1 PNP R. Ficticio')
  await dialog.getByRole('textbox', { name: text.handOver.office }).fill('Comisaría del sector 4')
  await dialog.getByRole('textbox', { name: text.handOver.document }).fill('Acta 44-2026')
  await dialog.getByRole('button', { name: text.handOver.receive }).click()
  await page.getByText(text.clock.done).waitFor({ timeout: waitMs })
  await take(page, 'case-handed-over', dialogs)
  await page.getByRole('button', { name: text.fate.close }).click()
  await dialog.getByRole('textbox').fill('Entregado a la Policía; nada queda por hacer.')
  await dialog.getByRole('button', { name: text.fate.close }).click()
  await page.getByRole('button', { name: text.fate.reopen }).waitFor()
  await take(page, 'case-closed', { at: ['laptop', 'phone'], by: ['day'] })
  await context.setOffline(true)
  await page.getByText('Sin servidor', { exact: true }).first().waitFor({ timeout: waitMs })
  await take(page, 'case-offline', dialogs)
  await context.close()
}

async function inDialog(page: Page, name: string, button: string | RegExp): Promise<void> {
  const exact = typeof button === 'string'
  await page.getByRole('button', { name: button, exact }).first().click()
  await page.getByRole('dialog').waitFor()
  await settle(page, 600)
  await take(page, name, dialogs)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}
