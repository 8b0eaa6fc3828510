import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { laptop, listenForErrors } from '../browser.ts'
import { fingerprint } from './pictures.ts'
import { officeOf, type SimulatedPhone, simulatePhone } from './simulated-phone.ts'
import { freshLink, openStage, photograph, type Stage, soonMs } from './stage.ts'

let stage: Stage
let first: SimulatedPhone
let second: SimulatedPhone

beforeAll(async () => {
  stage = await openStage()
  const { url, links } = stage.product
  const supervisor = await officeOf(url, links.supervisor ?? '')
  first = await simulatePhone(url, supervisor)
  second = await simulatePhone(url, supervisor)
  await first.recordOnce(supervisor)
  for (const { phone } of [first, second]) {
    await phone.start()
    await phone.sos()
  }
}, 180_000)
afterAll(async () => {
  await first?.close()
  await second?.close()
  await stage?.close()
}, 60_000)

/** A page whose mouse and touch are out of reach: what is done here is done by keys. */
async function keyboardOnly(link: string): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
  const context = await stage.browser.newContext(laptop)
  context.setDefaultTimeout(soonMs)
  const page = await context.newPage()
  const errors = listenForErrors(page)
  await page.goto(link)
  // the one button of the page has the focus already
  await page.getByRole('button', { name: 'Entrar con este enlace' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()
  return { page, errors }
}

test('the room answers to the keyboard alone', { timeout: 180_000 }, async () => {
  const { page, errors } = await keyboardOnly(stage.product.links.operator ?? '')
  const queue = page.getByRole('navigation', { name: 'Cola de alarmas' })
  const chosen = queue.locator('[aria-current]')
  await expect.poll(() => queue.getByRole('link').count(), { timeout: soonMs }).toBe(2)

  // the queue: onwards and back
  await page.keyboard.press('j')
  const one = await chosen.innerText()
  await page.keyboard.press('j')
  await expect.poll(async () => who(await chosen.innerText())).not.toBe(who(one))
  await page.keyboard.press('k')
  await expect.poll(async () => who(await chosen.innerText())).toBe(who(one))
  await photograph(page, 'keyboard-01-queue')

  // from anywhere, the oldest SOS that nobody has taken, with position and picture
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByText('EN VIVO', { exact: true }).waitFor()
  const canvas = page.getByRole('img', { name: /^Video en vivo de/ })
  const seen = new Set<number>()
  await expect.poll(async () => seen.add(await fingerprint(canvas)).size, { timeout: soonMs }).toBeGreaterThan(2)
  await page.getByRole('heading', { name: /pide ayuda/ }).waitFor()
  await photograph(page, 'keyboard-02-sos')

  // taken by name
  await page.keyboard.press('Enter')
  const name = await page
    .getByRole('banner')
    .getByRole('link', { name: /\S+ \S+/ })
    .last()
    .innerText()
  await queue.getByText(`La atiende ${name}`).waitFor()

  // the other one, watched
  await page.keyboard.press('j')
  await expect.poll(() => page.getByRole('button', { name: /^Atender/ }).count(), { timeout: soonMs }).toBe(1)
  await page.keyboard.press('v')
  await photograph(page, 'keyboard-03-other')
  await expect.poll(() => page.getByText('EN VIVO', { exact: true }).count(), { timeout: soonMs }).toBe(2)
  await photograph(page, 'keyboard-03-two-live')

  // the map as a table and back
  await page.keyboard.press('l')
  await page.getByRole('table', { name: 'Unidades de turno' }).waitFor()
  await photograph(page, 'keyboard-04-table')
  await page.keyboard.press('l')
  await page.getByRole('table', { name: 'Unidades de turno' }).waitFor({ state: 'detached' })

  // every key on one page; Escape gives the focus back
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Teclas' }).waitFor()
  await photograph(page, 'keyboard-05-help')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  // regions in reading order
  const regions: string[] = []
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press('F6')
    regions.push(await page.evaluate<string>('document.activeElement.closest("[data-region]").dataset.region'))
  }
  expect(new Set(regions).size).toBe(3)
  expect(errors).toEqual([])
})

test('a recording is found, opened, stepped and exported by keyboard alone', { timeout: 180_000 }, async () => {
  const { page, errors } = await keyboardOnly(stage.product.links.custodian ?? '')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Buscar o mandar' }).waitFor()
  await page.keyboard.type('grabaciones')
  await photograph(page, 'keyboard-06-palette')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Grabaciones' }).waitFor()
  const sealed = page.getByRole('row', { name: /sellada/i }).getByRole('link')
  await sealed.waitFor()
  await tabTo(page, await sealed.innerText())
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /, grabación/ }).waitFor()

  // the purpose: a digit chooses, the key printed on the button opens
  await page.getByRole('radio').first().waitFor()
  await page.keyboard.press('4')
  await expect.poll(() => page.getByRole('radio').nth(3).isChecked(), { timeout: soonMs }).toBe(true)
  await page.keyboard.press('Enter')
  const video = page.locator('video')
  await video.waitFor()
  const time = (): Promise<number> => video.evaluate((element: { currentTime: number }) => element.currentTime)
  const paused = (): Promise<boolean> => video.evaluate((element: { paused: boolean }) => element.paused)
  await expect
    .poll(() => video.evaluate((element: { readyState: number }) => element.readyState), { timeout: soonMs })
    .toBeGreaterThan(1)
  if (await paused()) {
    await page.keyboard.press('Space')
  }
  // Four seconds long: on a busy machine it may be over before it is looked at.
  await expect.poll(time, { timeout: soonMs }).toBeGreaterThan(0)
  if (!(await paused())) {
    await page.keyboard.press('Space')
  }
  await expect.poll(paused, { timeout: soonMs }).toBe(true)

  // one frame on, one frame back
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect.poll(time, { timeout: soonMs }).toBeLessThan(0.1)
  const before = await time()
  await page.keyboard.press('.')
  await expect.poll(time, { timeout: soonMs }).toBeGreaterThan(before)
  const after = await time()
  expect(after - before).toBeLessThan(0.2)
  await page.keyboard.press(',')
  await expect.poll(time, { timeout: soonMs }).toBeLessThan(after)
  await photograph(page, 'keyboard-07-stepped')

  await page.keyboard.press('e')
  await page.getByRole('dialog', { name: 'Paquete de evidencia' }).waitFor()
  await photograph(page, 'keyboard-08-export')
  const saved = page.waitForEvent('download')
  await tabTo(page, 'Hacer el paquete')
  await page.keyboard.press('Enter')
  expect((await saved).suggestedFilename()).toMatch(/\.zip$/)
  await page.getByText('Paquete guardado en este equipo.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(errors).toEqual([])
})

test('a case is opened, filled and shared by keyboard alone', { timeout: 180_000 }, async () => {
  const { page, errors } = await keyboardOnly(await freshLink(stage, 'custodian'))
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Buscar o mandar' }).waitFor()
  await page.keyboard.type('casos')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Casos', exact: true }).waitFor()
  await tabTo(page, 'Abrir caso')
  await page.keyboard.press('Enter')
  // the first field has the focus; Enter in it saves
  await page.getByRole('dialog', { name: 'Abrir caso' }).locator('input:focus').waitFor()
  await page.keyboard.type('Arrebato en el paradero')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /· Arrebato en el paradero/ }).waitFor()
  await tabTo(page, 'Anotar persona')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').locator('input:focus').waitFor()
  await page.keyboard.type('Vecina A')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('Vecina A', { exact: true }).waitFor()
  await photograph(page, 'keyboard-09-case')
  await tabTo(page, 'Compartir')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').locator('input:focus').waitFor()
  await page.keyboard.type('Fiscal adjunta')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Segunda fiscalía')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Carpeta 431')
  await page.keyboard.press('Enter')
  await page.getByText('Código de un solo uso').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('Fiscal adjunta', { exact: true }).waitFor()
  // from the list it is opened by its number
  await page.goBack()
  await page.getByRole('heading', { name: 'Casos', exact: true }).waitFor()
  await tabTo(page, 'C-')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^C-\d{4}-\d+ · / }).waitFor()
  expect(errors).toEqual([])
})

test('custody is read by keyboard alone: lists, their panes, a change that is counted before it is proposed', {
  timeout: 180_000,
}, async () => {
  const { page, errors } = await keyboardOnly(await freshLink(stage, 'custodian'))
  const goTo = async (word: string, heading: string): Promise<void> => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Buscar o mandar' }).waitFor()
    await page.keyboard.type(word)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor()
  }
  await goTo('conservación', 'Conservación')
  await tabTo(page, 'Plazos')
  await page.keyboard.press('Enter')
  await page.getByRole('table', { name: 'Plazos por categoría' }).waitFor()
  await tabTo(page, 'ayuda')
  await page.keyboard.press('Enter')
  const count = page.getByRole('spinbutton', { name: 'Cuánto' })
  await count.waitFor()
  await tabTo(page, 'días calendario')
  await page.keyboard.press('Shift+Tab')
  await count.and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('75')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Qué haría' }).waitFor()
  // the reason has the focus: nobody proposes without one
  await page.locator('textarea:focus').waitFor()
  await photograph(page, 'keyboard-10-change')
  await goTo('integridad', 'Integridad')
  await tabTo(page, 'Conciliar ahora')
  await page.keyboard.press('Enter')
  await page.getByText('grabaciones releídas byte a byte').waitFor()
  expect(errors).toEqual([])
})

/** The officer of a row, without its running clocks. */
const who = (row: string): string => row.split('\n')[0] ?? ''

/** Presses Tab until the named thing has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed += 1) {
    if ((await page.locator(':focus').allInnerTexts()).some((text) => text.trim().startsWith(name))) {
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach "${name}"`)
}
