import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { command } from '../product.ts'
import { allSafe, type OfficerPhone, openPhone, record, startShift, stopRecording } from './officer-phone.ts'
import { fingerprint, readQr } from './pictures.ts'
import { ask, type Desk, openStage, photograph, type Stage, signInAs, soonMs } from './stage.ts'

/** How long the phone is without network in the middle of the recording. */
const cutMs = 30_000

/** Longest wait for a picture to move: two decoders, an encoder and a database may share the cores with it. */
const playMs = 60_000

/** What the page tells of a video element; this program is compiled without the browser's types. */
type VideoState = {
  readonly currentTime: number
  readonly paused: boolean
  readonly seeking: boolean
  readonly readyState: number
  readonly networkState: number
  readonly error: { readonly code: number; readonly message: string } | null
  readonly buffered: { readonly length: number; start(index: number): number; end(index: number): number }
}

let stage: Stage
let administrator: Desk
let operator: Desk
let custodian: Desk
let officer: OfficerPhone
let folder: string
let recording = ''
let pin = ''
let who = ''
/** A playlist that was opened for the custodian alone. */
let lookAddress = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sereno-journey-'))
  stage = await openStage()
  administrator = await signInAs(stage, 'administrator')
  officer = await openPhone(stage)
}, 120_000)
// each test goes on where the one before ended
let broken = false
beforeEach(({ onTestFailed, skip }) => {
  skip(broken, 'an earlier step failed')
  onTestFailed(() => {
    broken = true
  })
})
afterAll(async () => {
  await stage?.close()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

test('the administrator enrols a phone by QR and issues it to an officer', { timeout: 120_000 }, async () => {
  const { page } = administrator
  await page.getByRole('link', { name: 'Equipos' }).click()
  await page.getByRole('button', { name: 'Dar de alta un equipo' }).click()
  await page.getByRole('textbox', { name: 'Código del equipo' }).fill('BC-E2E')
  await page.getByRole('button', { name: 'Hacer el código QR' }).click()
  const code = page.getByRole('img', { name: 'Código QR de alta' })
  await code.waitFor()
  await photograph(page, 'journey-01-enrol')
  const link = await readQr(code)
  expect(link).toBe(await page.getByRole('dialog').getByRole('link').getAttribute('href'))

  await officer.page.goto(link)
  await officer.page.getByRole('heading', { name: 'Inscrito' }).waitFor()
  await photograph(officer.page, 'journey-02-phone-enrolled')
  expect(await officer.page.evaluate('location.hash')).toBe('')

  await page.getByRole('button', { name: 'Entregarlo ahora' }).click()
  await page.getByRole('button', { name: 'Entregar BC-E2E' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: /A quién/ }).click()
  const chosen = page.getByRole('option').first()
  who = (await chosen.innerText()).trim().replace(/^\S+ /, '')
  await chosen.click()
  await dialog.getByRole('button', { name: 'Entregar', exact: true }).click()
  pin = (await page.getByRole('dialog', { name: 'PIN del turno' }).getByRole('status').innerText()).trim()
  expect(pin).toMatch(/^\d{4,8}$/)
  await photograph(page, 'journey-03-pin')
  await page.getByRole('button', { name: 'Ya lo anotó' }).click()

  await officer.page.getByRole('button', { name: 'Se ve bien', exact: true }).waitFor()
  await photograph(officer.page, 'journey-04-check')
  await startShift(officer.page, pin)
  await photograph(officer.page, 'journey-05-ready')
})

test('one touch records; the operator watches and the officer sees who', { timeout: 120_000 }, async () => {
  // the seconds before the touch are in the recording, and have no sound
  await officer.page.getByText(/^([4-9]|\d\d) s en memoria/).waitFor()
  await record(officer.page)
  await photograph(officer.page, 'journey-06-recording')

  operator = await signInAs(stage, 'operator')
  const { page } = operator
  await page.keyboard.press('l')
  await page.getByRole('row', { name: who }).getByRole('button').first().click()
  await page.getByRole('button', { name: /^Ver en vivo/ }).click()
  await page
    .getByRole('radio', { name: /verificar|seguridad|incidente/i })
    .first()
    .waitFor()
  await photograph(page, 'journey-07-purpose')
  await page.getByRole('button', { name: /^Abrir video/ }).click()
  await page.getByText('EN VIVO', { exact: true }).waitFor()
  const seen = new Set<number>()
  await expect
    .poll(async () => seen.add(await fingerprint(page.getByRole('img', { name: /^Video en vivo de/ }))).size, {
      timeout: soonMs,
    })
    .toBeGreaterThan(3)
  // silent until somebody wants to hear, and then what the microphone gives
  await page.getByRole('button', { name: /^Oír a .*: sonido apagado/ }).waitFor()
  await page.keyboard.press('m')
  await page.getByRole('button', { name: /^Oír a .*: se oye/ }).waitFor()
  await photograph(page, 'journey-08-live')
  await page.keyboard.press('m')
  await page.getByRole('button', { name: /^Oír a .*: sonido apagado/ }).waitFor()

  const watched = officer.page.getByRole('status').filter({ hasText: 'Te ve la central' })
  await watched.waitFor()
  await photograph(officer.page, 'journey-09-watched')
  expect(await watched.innerText()).toMatch(/\S+ \S+, operación\. Por incidente en curso, desde (las )?\d/)
})

test('thirty seconds without network lose nothing', { timeout: 180_000 }, async () => {
  await officer.context.setOffline(true)
  const cutAt = Date.now()
  await officer.page.getByText('Sin red. Nada se pierde.').waitFor()
  await photograph(officer.page, 'journey-10-offline')
  await officer.page.getByRole('heading', { name: 'Grabando' }).waitFor()
  await new Promise((resolve) => setTimeout(resolve, cutMs - (Date.now() - cutAt)))
  await photograph(operator.page, 'journey-11-stale')
  await officer.context.setOffline(false)
  await officer.page.getByText('Sin red. Nada se pierde.').waitFor({ state: 'detached' })
  await operator.page.getByText('EN VIVO', { exact: true }).waitFor()
  await operator.page.getByRole('button', { name: /^Cerrar video/ }).click()
  await officer.page.getByText('Te ve la central').waitFor({ state: 'detached' })

  expect(officer.refused).toEqual([])
  await stopRecording(officer.page)
  await officer.page.getByRole('radio', { name: /Ayuda/ }).check()
  await photograph(officer.page, 'journey-12-end')
  await officer.page.getByRole('button', { name: 'Listo' }).click()
  await allSafe(officer.page, 90_000)
  await photograph(officer.page, 'journey-13-safe')
  expect(officer.refused).toEqual([])
  expect(officer.errors).toEqual([])
})

test('the custodian finds it, plays it and the look is on the list', { timeout: 120_000 }, async () => {
  custodian = await signInAs(stage, 'custodian')
  const { page } = custodian
  await page.getByRole('link', { name: 'Grabaciones' }).click()
  const row = page.getByRole('row', { name: /BC-E2E/ })
  await expect.poll(() => row.innerText(), { timeout: 60_000 }).toMatch(/sellada/i)
  await photograph(page, 'journey-14-found')
  // near the place and in the last day; a minute that has just begun belongs to it, and elsewhere there is nothing
  await page.locator('summary').click()
  const place = page.getByRole('textbox', { name: 'Latitud, longitud' })
  await place.fill('-12.05000,-77.05000')
  await expect.poll(() => row.count(), { timeout: soonMs }).toBe(0)
  await place.fill('-12.13900,-76.99100')
  await expect.poll(() => row.count(), { timeout: soonMs }).toBe(1)
  await photograph(page, 'journey-14-near')
  await row.getByRole('link').first().click()
  await page.getByRole('heading', { name: /grabación/ }).waitFor()
  recording = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await page.getByText('Nadie la mira').waitFor()
  await photograph(page, 'journey-15-closed')
  const playlist = page.waitForRequest(/\/looks\/[^/]+\/index\.m3u8/)
  await page.getByRole('button', { name: /^Abrir la imagen/ }).click()
  lookAddress = new URL((await playlist).url()).pathname
  await page.locator('video').waitFor()
  await plays(page)
  const watermark = await page.locator('[class*=watermark] span').first().innerText()
  expect(watermark.length).toBeGreaterThan(3)
  await expect
    .poll(() => page.getByRole('complementary', { name: 'Expediente' }).getByRole('listitem').allInnerTexts(), {
      timeout: soonMs,
    })
    .toEqual(expect.arrayContaining([expect.stringMatching(/custodi/i)]))
  await photograph(page, 'journey-16-playing')
})

test('the package holds in the terminal and in the browser; a flipped byte does not', {
  timeout: 180_000,
}, async () => {
  const { page } = custodian
  await page.keyboard.press('e')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Hacer el paquete' }).click()
  const file = join(folder, 'paquete.zip')
  await (await saved).saveAs(file)
  await photograph(page, 'journey-17-exported')
  const trust = join(folder, 'trust.json')
  await writeFile(trust, await (await custodian.context.request.get(`${stage.product.url}/api/trust.json`)).body())

  const withTrust = await command(['verify', file, '--trust', trust])
  expect(withTrust.output).toMatch(/SE SOSTIENE/)
  expect(withTrust.exitCode).toBe(0)
  expect((await command(['verify', file])).exitCode).toBe(3)

  const bad = join(folder, 'tocado.zip')
  const bytes = await readFile(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(bad, bytes)
  expect((await command(['verify', bad, '--trust', trust])).exitCode).toBe(1)

  // nobody is signed in here: the page is for whoever holds a package
  const context = await stage.browser.newContext({ locale: 'es-PE', viewport: { width: 1280, height: 900 } })
  try {
    const verifier = await context.newPage()
    await verifier.goto(`${stage.product.url}/verify`)
    const files = verifier.locator('input[type=file]')
    await files.setInputFiles([file, trust])
    await verifier.getByRole('region', { name: 'Se sostiene' }).waitFor({ timeout: 60_000 })
    expect(await verifier.getByText(/SIMULADO/).count()).toBe(0)
    await photograph(verifier, 'journey-18-holds')
    await files.setInputFiles([bad, trust])
    await verifier.getByRole('region', { name: 'No se sostiene' }).waitFor({ timeout: 60_000 })
    await photograph(verifier, 'journey-19-fails')
  } finally {
    await context.close()
  }
})

test('each wrong role is refused, by the screen and by the server', { timeout: 240_000 }, async () => {
  const here = `/api/recordings/${recording}`
  const view = { purpose: 'incident' }
  const pack = { purpose: 'audit', positions: true }
  const device = { device: '0199aaaa-0000-7000-8000-000000000000', purpose: 'incident' }
  const denied = (...calls: readonly (readonly ['GET' | 'POST', string, unknown?])[]) =>
    calls.map(([method, address, body]) => ({ method, address, body, status: 403, code: 'access.denied' }))
  const wrong = {
    operator: {
      sections: ['Sala', 'Grabaciones', 'Equipos'],
      refused: denied(
        ['GET', `${here}/custody`],
        ['POST', `${here}/exports`, pack],
        ['POST', `${here}/seal`, {}],
        ['GET', '/api/ledger/entries'],
        ['GET', '/api/accounts'],
        ['POST', '/api/devices/enrolments', {}],
      ),
    },
    supervisor: {
      sections: ['Sala', 'Grabaciones', 'Casos', 'Equipos', 'Ingreso', 'Conservación', 'Integridad', 'Libro'],
      refused: [
        ...denied(['POST', `${here}/exports`, pack], ['GET', '/api/accounts']),
        // somebody else's look opens nothing: it does not exist for anybody else
        { method: 'GET', address: lookAddress, body: undefined, status: 404, code: 'recording.not-found' } as const,
      ],
    },
    administrator: {
      sections: ['Equipos', 'Ingreso', 'Personas', 'Territorio', 'Integridad', 'Libro'],
      refused: denied(
        ['GET', '/api/recordings'],
        ['GET', here],
        ['GET', `${here}/custody`],
        ['POST', `${here}/looks`, view],
        ['GET', '/api/units'],
        ['GET', '/api/alarms'],
        ['POST', '/api/watches', device],
      ),
    },
    'data-protection-officer': {
      sections: ['Grabaciones', 'Casos', 'Equipos', 'Personas', 'Conservación', 'Integridad', 'Control', 'Libro'],
      refused: denied(
        ['POST', `${here}/looks`, view],
        ['POST', `${here}/exports`, pack],
        ['POST', '/api/accounts', { name: 'X', signIn: 'x', roles: ['operator'] }],
        ['POST', '/api/watches', device],
      ),
    },
    'internal-affairs': {
      sections: ['Grabaciones', 'Casos', 'Equipos', 'Conservación', 'Integridad', 'Libro'],
      refused: denied(['POST', `${here}/looks`, view], ['POST', `${here}/exports`, pack], ['GET', '/api/units']),
    },
    overseer: {
      sections: ['Conservación', 'Integridad', 'Control', 'Libro'],
      refused: denied(
        ['GET', '/api/recordings'],
        ['GET', here],
        ['POST', `${here}/looks`, view],
        ['POST', `${here}/exports`, pack],
        ['GET', '/api/devices'],
        ['GET', '/api/officers'],
        ['GET', '/api/accounts'],
        ['GET', '/api/units'],
      ),
    },
  }
  const signedIn: Readonly<Record<string, Desk>> = { operator, administrator }
  for (const [role, { sections, refused }] of Object.entries(wrong)) {
    const desk = signedIn[role] ?? (await signInAs(stage, role))
    const menu = desk.page.getByRole('navigation', { name: 'Secciones' }).getByRole('link')
    expect([role, await menu.allInnerTexts()]).toEqual([role, sections])
    for (const { method, address, body, status, code } of refused) {
      const answer = await ask(desk, method, address, body)
      expect([role, method, address, answer.status, answer.code]).toEqual([role, method, address, status, code])
    }
    if (sections.includes('Grabaciones')) {
      // it may be found; what may be done with it is the server's to say
      await desk.page.goto(`${stage.product.url}/recordings/${recording}`)
      await desk.page.getByRole('heading', { name: /grabación/ }).waitFor()
      expect(await desk.page.getByRole('button', { name: 'Paquete de evidencia' }).count()).toBe(0)
      expect(await desk.page.getByRole('button', { name: 'Sellar' }).count()).toBe(0)
      await photograph(desk.page, `journey-20-${role}`)
    }
    if (role !== 'administrator' && role !== 'operator') {
      await desk.context.close()
    }
  }
  for (const address of ['/api/recordings', here, `${here}/custody`, lookAddress, '/api/units', '/api/me']) {
    const answer = await fetch(stage.product.url + address)
    expect([address, answer.status]).toEqual([address, 401])
  }
  // what was refused is on the list too: somebody tried
  const { json } = await ask(custodian, 'GET', `${here}/custody`)
  const { entries } = json as { readonly entries: readonly { readonly allowed: boolean; readonly role: string }[] }
  const tried = entries.filter(({ allowed }) => !allowed).map(({ role }) => role)
  expect(tried).toEqual(expect.arrayContaining(['data-protection-officer', 'internal-affairs']))
  expect([...administrator.errors, ...operator.errors, ...custodian.errors]).toEqual([])
})

/** The picture moves: time goes on and the frames differ. */
async function plays(page: Page): Promise<void> {
  const video = page.locator('video')
  const time = (): Promise<number> => video.evaluate((element: { currentTime: number }) => element.currentTime)
  if (await video.evaluate((element: { paused: boolean }) => element.paused)) {
    await page.keyboard.press('Space')
  }
  const before = await time()
  const moves = expect.poll(time, { timeout: playMs }).toBeGreaterThan(before + 1)
  await moves.catch(async (error: unknown) => {
    throw new Error(`the picture does not move: ${await stateOf(page)}`, { cause: error })
  })
  const seen = new Set<number>()
  await expect.poll(async () => seen.add(await fingerprint(video)).size, { timeout: playMs }).toBeGreaterThan(2)
}

/** What a video element says of itself, for whoever looks into a failure. */
async function stateOf(page: Page): Promise<string> {
  const video = await page.locator('video').evaluate((element: VideoState) => ({
    time: element.currentTime,
    paused: element.paused,
    seeking: element.seeking,
    readyState: element.readyState,
    networkState: element.networkState,
    error: element.error === null ? null : `${element.error.code} ${element.error.message}`,
    buffered: Array.from(
      { length: element.buffered.length },
      (_, index) => `${element.buffered.start(index)}–${element.buffered.end(index)}`,
    ),
  }))
  return `${JSON.stringify(video)}; the page says: ${(await page.locator('main').innerText()).slice(0, 400)}`
}
