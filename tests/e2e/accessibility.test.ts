import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '../../apps/bodycam/src/text.en.ts'
import { es } from '../../apps/bodycam/src/text.es.ts'
import type { Desk as Office } from '../../apps/simulator/src/office.ts'
import { exportPackage } from '../../apps/simulator/src/office.ts'
import { laptop } from '../browser.ts'
import { violations } from './axe.ts'
import { hold, openPhone, record, startShift, stopRecording } from './officer-phone.ts'
import { officeOf, type SimulatedPhone, simulatePhone } from './simulated-phone.ts'
import { type Desk, freshLink, openStage, photograph, type Stage, signInAs, soonMs } from './stage.ts'

const languages = ['es', 'en'] as const
type Language = (typeof languages)[number]
const phoneWords = { es, en }
/** By day the words and the order are those of the night; what can differ is whether they can be read. */
const dayRules = ['color-contrast']

let stage: Stage
let supervisor: Office
let custodian: Office
let walker: SimulatedPhone
let recording: string
let openCase: string
const desks = new Map<string, Desk>()

beforeAll(async () => {
  stage = await openStage()
  const { url, links } = stage.product
  supervisor = await officeOf(url, links.supervisor ?? '')
  custodian = await officeOf(url, links.custodian ?? '')
  walker = await simulatePhone(url, supervisor)
  recording = await walker.recordOnce(supervisor)
  const made = await custodian.api.call('POST /cases', {
    body: { title: 'Arrebato en el paradero', kind: 'crime', recordings: [recording], knownAt: Date.now() },
  })
  openCase = made.id
  await walker.phone.start()
  await walker.phone.sos()
}, 180_000)
afterAll(async () => {
  await walker?.close()
  await stage?.close()
}, 60_000)

/** A desk in a language; its night and day are turned in place. */
async function deskOf(role: string, language: Language): Promise<Page> {
  const desk = desks.get(role) ?? (await signInAs(stage, role, await freshLink(stage, role)))
  desks.set(role, desk)
  await desk.page.evaluate(
    `localStorage.setItem('sereno.language', '${language}'); localStorage.setItem('sereno.theme', 'night')`,
  )
  await desk.page.reload()
  return desk.page
}

/** The page as it stands by night, then by day. */
async function examine(page: Page, where: string): Promise<readonly string[]> {
  const night = await violations(page, `${where}, night`)
  await turn(page, 'day')
  await photograph(page, `axe-${where.replaceAll(/[^\w-]+/g, '-')}-day`)
  const day = await violations(page, `${where}, day`, dayRules)
  await turn(page, 'night')
  return [...night, ...day]
}

/** As the key T does, also where a field or a dialog keeps the keys to itself. */
const turn = (page: Page, theme: 'night' | 'day'): Promise<unknown> =>
  page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)

for (const language of languages) {
  test(`the control room is clean: ${language}`, { timeout: 240_000 }, async () => {
    const found: string[] = []
    const visit = async (page: Page, address: string, ready: string): Promise<void> => {
      await page.goto(stage.product.url + address)
      await page.locator(ready).first().waitFor()
      await page.evaluate('document.fonts.ready.then(() => true)')
      found.push(...(await examine(page, `${language} ${address.replace(recording, 'one')}`)))
    }
    const operator = await deskOf('operator', language)
    await visit(operator, '/', '[data-region=queue]')
    await operator.keyboard.press('j')
    await operator.locator('[data-region=queue] [aria-current]').waitFor()
    found.push(...(await examine(operator, `${language} an alarm`)))
    await operator.keyboard.press('l')
    await operator.locator('tbody tr').first().waitFor()
    await operator.keyboard.press('?')
    await operator.getByRole('dialog').waitFor()
    found.push(...(await examine(operator, `${language} the keys`)))
    await operator.keyboard.press('Escape')
    await operator.keyboard.press('Control+k')
    await operator.getByRole('combobox').waitFor()
    found.push(...(await examine(operator, `${language} the palette`)))
    await operator.keyboard.press('Escape')

    const keeper = await deskOf('custodian', language)
    await visit(keeper, '/recordings', 'tbody tr')
    await visit(keeper, `/recordings/${recording}`, '[data-region=file]')
    await keeper.locator('[data-region=file] button[type=submit]').click()
    await keeper.locator('video').waitFor()
    await keeper.locator('[data-region=file] li').first().waitFor()
    found.push(...(await examine(keeper, `${language} playing`)))
    await keeper.keyboard.press('e')
    await keeper.getByRole('dialog').waitFor()
    found.push(...(await examine(keeper, `${language} exporting`)))
    await visit(keeper, '/retention', 'tbody tr')
    await visit(keeper, '/retention?view=rules', 'tbody tr')
    await visit(keeper, '/retention?view=holds', 'h2')
    await visit(keeper, '/retention?view=batches', 'h2')
    await visit(keeper, '/ledger', 'tbody tr')
    await visit(keeper, '/settings', 'h1')
    await visit(keeper, '/nowhere', 'h1')

    const administrator = await deskOf('administrator', language)
    await visit(administrator, '/fleet', 'tbody tr')
    await visit(administrator, '/people', 'tbody tr')

    const stranger = await stage.browser.newContext({ ...laptop, locale: language === 'es' ? 'es-PE' : 'en-US' })
    const door = await stranger.newPage()
    await visit(door, '/', 'form')
    await visit(door, '/#link=aaaaaaaaaaaaaaaaaaaaaaaa', 'h1')
    await stranger.close()
    expect(found).toEqual([])
  })

  test(`cases and what a guest sees of one are clean: ${language}`, { timeout: 300_000 }, async () => {
    const found: string[] = []
    const visit = async (page: Page, address: string, ready: string): Promise<void> => {
      await page.goto(stage.product.url + address)
      await page.locator(ready).first().waitFor()
      await page.evaluate('document.fonts.ready.then(() => true)')
      found.push(...(await examine(page, `${language} ${address.replace(openCase, 'one')}`)))
    }
    /** Each deed that asks something first, as it stands when it was chosen. */
    const press = async (page: Page, button: RegExp): Promise<void> => {
      await page.getByRole('button', { name: button }).first().click()
      await page.getByRole('dialog').waitFor()
      found.push(...(await examine(page, `${language} ${button.source}`)))
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const keeper = await deskOf('custodian', language)
    await visit(keeper, '/cases', 'tbody tr')
    await visit(keeper, `/cases/${openCase}`, '[data-region=custody] h2')
    await press(keeper, /^(Preparar entrega|Prepare a hand-over)$/)
    await press(keeper, /^(Compartir|Share)$/)
    await press(keeper, /^(Cerrar caso|Close the case)$/)
    const shared = await custodian.api.call('POST /cases/:id/shares', {
      params: { id: openCase },
      body: {
        role: 'defence',
        name: 'Abogada de la defensa',
        office: 'Estudio',
        basis: 'Escrito 1',
        download: true,
        expiresAt: Date.now() + 3_600_000,
      },
    })
    const outside = await stage.browser.newContext({ ...laptop, locale: language === 'es' ? 'es-PE' : 'en-US' })
    const guest = await outside.newPage()
    await guest.goto(shared.entrance?.url ?? '')
    await guest
      .locator('form input')
      .first()
      .fill(shared.entrance?.code ?? '')
    found.push(...(await examine(guest, `${language} a guest's door`)))
    await guest.locator('form button[type=submit]').click()
    await guest.locator('main section').first().waitFor()
    found.push(...(await examine(guest, `${language} a guest's case`)))
    await outside.close()
    expect(found).toEqual([])
  })

  test(`custody, intake and control are clean: ${language}`, { timeout: 300_000 }, async () => {
    const found: string[] = []
    const visit = async (page: Page, address: string, ready: string): Promise<void> => {
      await page.goto(stage.product.url + address)
      await page.locator(ready).first().waitFor()
      await page.evaluate('document.fonts.ready.then(() => true)')
      found.push(...(await examine(page, `${language} ${address}`)))
    }
    /** Each deed that asks something first, as it stands when it was chosen. */
    const press = async (page: Page, button: RegExp): Promise<void> => {
      await page.getByRole('button', { name: button }).first().click()
      await page.getByRole('dialog').waitFor()
      found.push(...(await examine(page, `${language} ${button.source}`)))
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const keeper = await deskOf('custodian', language)
    await visit(keeper, '/completeness', 'main h2')
    await visit(keeper, '/retention?view=rules', 'tbody tr')
    await keeper
      .locator('[data-region=changes]')
      .getByRole('button', { name: /Proponer un cambio|Propose a change/ })
      .click()
    found.push(...(await examine(keeper, `${language} a change is proposed`)))

    const administrator = await deskOf('administrator', language)
    for (const list of ['', '?list=sources', '?list=unreadable', '?list=connections']) {
      await visit(administrator, `/intake${list}`, 'main h2')
    }
    await press(administrator, /Axis/)
    await visit(administrator, '/ledger', 'tbody tr')
    await press(administrator, /^(Aceptar un testigo|Accept a witness)$/)
    await press(administrator, /^(Agregar una autoridad|Add an authority)$/)

    const officer = await deskOf('data-protection-officer', language)
    await visit(officer, '/oversight', 'main h2')
    await visit(officer, '/oversight?part=views', 'main form')
    expect(found).toEqual([])
  })

  test(`the page that verifies is clean: ${language}`, { timeout: 120_000 }, async () => {
    const context = await stage.browser.newContext({ ...laptop, locale: language === 'es' ? 'es-PE' : 'en-US' })
    const page = await context.newPage()
    await page.goto(`${stage.product.url}/verify`)
    await page.locator('h1').waitFor({ timeout: soonMs })
    const found = [...(await examine(page, `${language} verify`))]
    const folder = join(stage.product.data, 'exported')
    const file = await exportPackage(custodian, recording, folder)
    const bad = join(folder, 'bad.zip')
    await writeFile(bad, 'no package')
    for (const chosen of [file, bad]) {
      await page.locator('input[type=file]').setInputFiles([chosen, join(folder, 'trust.json')])
      await page.locator(`dd:text-is("${chosen.split('/').at(-1)}")`).waitFor()
      await page.locator('section h2').waitFor({ timeout: soonMs })
      found.push(...(await examine(page, `${language} verified ${chosen === bad ? 'bad' : 'good'}`)))
    }
    await context.close()
    expect(found).toEqual([])
  })

  test(`the bodycam is clean: ${language}`, { timeout: 240_000 }, async () => {
    const words = phoneWords[language]
    const found: string[] = []
    const { context, page } = await openPhone(stage)
    await context.addInitScript(`localStorage.setItem('sereno-choices', '{"language":"${language}","theme":"night"}')`)
    const look = async (heading: string, where: string): Promise<void> => {
      await page.getByRole('heading', { name: heading }).waitFor()
      found.push(...(await examine(page, `${language} phone ${where}`)))
    }
    const body = { kind: 'phone' as const }
    const enrolment = await supervisor.api.call('POST /devices/enrolments', { body })
    await page.goto(`${stage.product.url}/bodycam/`)
    await look(words.enrol.word, 'enrol')
    await page.getByRole('textbox', { name: words.enrol.paste }).fill(enrolment.url)
    await page.getByRole('button', { name: words.enrol.pasteDo, exact: true }).click()
    await look(words.waiting.word, 'waiting')

    const { device } = await supervisor.api.call('GET /devices/enrolments/:id', { params: { id: enrolment.id } })
    const { officers } = await supervisor.api.call('GET /officers', {})
    const officer = officers.at(-1 - languages.indexOf(language))?.id ?? ''
    const { pin } = await supervisor.api.call('POST /devices/:id/issue', {
      params: { id: device ?? '' },
      body: { officer },
    })
    await page.getByRole('button', { name: words.check.looksGood, exact: true }).waitFor()
    found.push(...(await examine(page, `${language} phone check`)))
    await startShift(page, pin, words, () => look(words.pin.word, 'pin'))
    await look(words.ready.word, 'ready')
    await record(page, words)
    await look(words.recording.word, 'recording')
    await page.getByRole('button', { name: words.deck.mark }).click()
    await page.getByText(words.recording.markWhat).waitFor()
    await look(words.recording.word, 'marking')
    await page.getByRole('button', { name: words.deck.dim }).click()
    await page.getByText(words.dimmed.foot).waitFor()
    found.push(...(await violations(page, `${language} phone dimmed, night`)))
    await page.locator('main').dblclick({ position: { x: 200, y: 300 } })
    await stopRecording(page, words)
    await look(words.end.word, 'end')
    await page.getByRole('button', { name: words.end.later }).click()
    await page.getByRole('button', { name: words.deck.shift }).click()
    await look(words.shift.word, 'shift')
    await page.getByRole('button', { name: words.shift.finish }).click()
    await page.getByRole('progressbar').waitFor()
    found.push(...(await examine(page, `${language} phone upload`)))
    await page.getByRole('button', { name: words.upload.back, exact: true }).click()
    await page.getByRole('heading', { name: words.ready.word }).waitFor()
    await hold(page, new RegExp(`^${words.deck.sos}`), () => page.getByText(words.sos.sentNote).waitFor())
    found.push(...(await examine(page, `${language} phone sos`)))
    await context.close()
    expect(found).toEqual([])
  })
}
