import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { ask, openStage, photograph, type Stage, signInAs, soonMs } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 120_000)
afterAll(async () => {
  await stage?.close()
}, 60_000)

const file = (name: string, content: Uint8Array | string) => ({
  name,
  mimeType: 'application/geo+json',
  buffer: Buffer.from(content),
})

test('the administration imports, names, places, checks and puts a territory in force; the room has it', {
  timeout: 240_000,
}, async () => {
  const { page, errors, context } = await signInAs(stage, 'administrator')
  const unclean: string[] = []
  await page.getByRole('link', { name: 'Territorio' }).click()
  await page.getByText('Versión 1 en vigor').waitFor()
  await page.getByRole('button', { name: /^S1\b/ }).click()
  await photograph(page, 'territory-01-sector')
  unclean.push(...(await violations(page, 'territory')))

  // what is downloaded is what can be imported again
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Bajar GeoJSON' }).click(),
  ])
  const written = await readFile(await download.path())
  expect(JSON.parse(written.toString()).features.length).toBeGreaterThan(250)

  // a name, by the keyboard alone
  await page.getByRole('textbox', { name: 'Nombre' }).fill('Los Ceibos')
  await page.keyboard.press('Enter')
  await page.getByText('Borrador con 1 cambio').waitFor()

  // a file that is no use says why; one that is, is confirmed and taken
  await page.getByRole('button', { name: 'Importar GeoJSON' }).click()
  const choose = page.locator('input[type=file]')
  await choose.setInputFiles(file('utm.geojson', '{"type":"Point"}'))
  await page.getByText('Es JSON, pero no GeoJSON').waitFor()
  const metres = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [278_000, 8_663_000] } }
  await choose.setInputFiles(file('utm.geojson', JSON.stringify(metres)))
  await page.getByText('Elemento 1: Las coordenadas no son grados').waitFor()
  unclean.push(...(await violations(page, 'import')))
  const zone = {
    type: 'Feature',
    properties: { nombre: 'Posta médica' },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [-76.992, -12.13],
          [-76.989, -12.13],
          [-76.989, -12.1275],
          [-76.992, -12.1275],
          [-76.992, -12.13],
        ],
      ],
    },
  }
  await choose.setInputFiles(file('zonas.geojson', JSON.stringify(zone)))
  await page.getByText('zonas.geojson: 1 elemento').waitFor()
  await page.getByRole('button', { name: /Este archivo trae/ }).click()
  await page.getByRole('option', { name: 'Zonas sin grabación' }).click()
  await photograph(page, 'territory-02-import')
  await page.getByRole('button', { name: 'Llevar al borrador' }).click()
  await page.getByText('Borrador con 2 cambios').waitFor()

  // a place by its coordinates, taken back and done again
  await page.getByRole('button', { name: /^Lugares/ }).click()
  await page.getByRole('button', { name: 'Agregar lugar' }).click()
  await page.getByRole('textbox', { name: 'Nombre' }).fill('Puesto de auxilio')
  await page.getByRole('textbox', { name: 'Latitud' }).fill('-12,1305')
  await page.getByRole('textbox', { name: 'Longitud' }).fill('-76.9905')
  await page.getByRole('button', { name: 'Guardar en el borrador' }).click()
  await page.getByRole('button', { name: 'Puesto de auxilio' }).waitFor()
  await page.getByRole('button', { name: 'Deshacer' }).click()
  await page.getByRole('button', { name: 'Puesto de auxilio' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Rehacer' }).click()
  await page.getByRole('button', { name: 'Puesto de auxilio' }).waitFor()
  await page.getByText('Borrador con 3 cambios').waitFor()
  await photograph(page, 'territory-03-place')

  await page.getByRole('button', { name: 'Revisar y poner en vigor' }).click()
  await page.getByText('Sin errores ni avisos.').waitFor()
  await page.getByRole('textbox', { name: 'Por qué cambia' }).fill('Acuerdo de concejo 12')
  await photograph(page, 'territory-04-check')
  // the button turns from waiting to ready: a colour halfway is not what anybody reads
  const isStill = "document.getAnimations().every(({ playState }) => playState !== 'running')"
  await expect.poll(() => page.evaluate(isStill), { timeout: soonMs }).toBe(true)
  unclean.push(...(await violations(page, 'publish')))
  await page.getByRole('button', { name: 'Poner en vigor', exact: true }).click()
  await page.getByText('Versión 2 en vigor').waitFor()

  await page.getByRole('button', { name: 'Versiones' }).click()
  await page.getByText('Acuerdo de concejo 12').waitFor()
  unclean.push(...(await violations(page, 'versions')))
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Libro' }).click()
  await page.getByRole('button', { name: 'Territorio puesto en vigor' }).waitFor()
  const operator = await signInAs(stage, 'operator')
  const { json } = await ask(operator, 'GET', '/api/territory')
  const { version, zones, areas } = json as {
    readonly version: number
    readonly zones: readonly { readonly name: string }[]
    readonly areas: readonly { readonly code: string; readonly name: string }[]
  }
  expect([version, zones.map(({ name }) => name), areas.find(({ code }) => code === 'S1')?.name]).toEqual([
    2,
    ['Posta médica'],
    'Los Ceibos',
  ])
  expect(unclean).toEqual([])
  expect(errors).toEqual([])
  await operator.context.close()
  await context.close()
})
