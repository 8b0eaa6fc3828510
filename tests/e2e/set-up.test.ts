import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeFor } from '../../apps/server/src/modules/identity/people.test-kit.ts'
import { laptop, listenForErrors } from '../browser.ts'
import { violations } from './axe.ts'
import { freshLink, openStage, photograph, type Stage, signInAs, soonMs } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage(['--empty'])
}, 120_000)
afterAll(async () => {
  await stage?.close()
}, 60_000)

test('until it is set up it answers 503 and the page says where the link is', { timeout: 60_000 }, async () => {
  const { url } = stage.product
  for (const address of ['/api/units', '/api/recordings', '/api/accounts', '/api/device/self']) {
    const answer = await fetch(`${url}${address}`)
    expect([address, answer.status]).toEqual([address, 503])
    expect(await answer.json()).toMatchObject({ code: 'installation.not-set-up' })
  }
  const context = await stage.browser.newContext(laptop)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('heading', { name: /^Abra el enlace que el servidor imprimió/ }).waitFor({ timeout: soonMs })
  await photograph(page, 'set-up-01-no-link')
  await context.close()
})

test('the first administrator walks through it, enters, and a lost link is replaced', {
  timeout: 180_000,
}, async () => {
  const { product } = stage
  const context = await stage.browser.newContext(laptop)
  context.setDefaultTimeout(soonMs)
  const page = await context.newPage()
  const errors = listenForErrors(page)
  const unclean: string[] = []
  await page.goto(Object.values(product.links)[0] ?? '')

  await page.getByRole('textbox', { name: 'Nombre de la municipalidad' }).fill('Municipalidad de Prueba')
  await photograph(page, 'set-up-02-place')
  unclean.push(...(await violations(page, 'place')))
  // shared styles lie beneath those of the parts, in whatever order the build wrote them
  const padding =
    "Number.parseFloat(getComputedStyle(document.querySelector('button[type=submit]')).paddingInlineStart)"
  expect(await page.evaluate(padding)).toBeGreaterThan(4)
  await page.getByRole('textbox', { name: 'Zona horaria' }).fill('America/Nowhere')
  await page.getByText('Esa zona no existe').waitFor()
  await page.getByRole('textbox', { name: 'Zona horaria' }).fill('America/Lima')
  await page.getByRole('textbox', { name: 'Teléfono de la central' }).fill('la central')
  await page.getByText('Solo cifras y espacios').waitFor()
  await page.getByRole('textbox', { name: 'Teléfono de la central' }).fill('01 411 5555')
  await page.getByRole('button', { name: 'Siguiente' }).click()

  await page.getByRole('textbox', { name: 'Nombre y apellido' }).fill('Rosa Quispe')
  await page.getByRole('textbox', { name: 'Nombre de entrada' }).fill('rosa')
  await page.getByLabel('Contraseña').fill('cuatro palabras sin relación')
  await page.getByRole('button', { name: 'Siguiente' }).click()

  await page.getByRole('button', { name: 'Agregar persona' }).click()
  await page.getByRole('textbox', { name: 'Nombre y apellido' }).fill('Óscar Huamán')
  await page.getByRole('textbox', { name: 'Nombre de entrada' }).fill('oscar')
  await photograph(page, 'set-up-03-people')
  unclean.push(...(await violations(page, 'people')))
  await page.getByRole('button', { name: 'Siguiente' }).click()

  await page.getByRole('textbox', { name: 'Carpeta para el respaldo' }).fill('/mnt/respaldo')
  await page.getByRole('button', { name: 'Preparar' }).click()
  await page.getByRole('heading', { name: 'Listo' }).waitFor()
  await photograph(page, 'set-up-04-done')
  unclean.push(...(await violations(page, 'done')))
  const link = page.getByRole('region', { name: 'Enlace de oscar' })
  const address = /https?:\S+#link=[\w-]+/.exec(
    await link.evaluate((element: { outerHTML: string }) => element.outerHTML),
  )
  expect(address).not.toBeNull()
  await page.getByRole('button', { name: 'Entrar a la sala' }).click()
  // whoever administers a real installation proves a second factor before anything else is open
  await page.getByRole('heading', { name: 'Ponga un segundo factor' }).waitFor()
  await page.getByRole('button', { name: 'Poner segundo factor' }).click()
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Segundo factor', exact: true }) })
  await section.getByLabel('Contraseña actual').fill('cuatro palabras sin relación')
  await section.getByRole('button', { name: 'Seguir' }).click()
  const secret = await section.locator('code').innerText()
  await section.getByRole('textbox', { name: 'Código de seis dígitos' }).fill(codeFor(secret, Date.now()))
  await photograph(page, 'set-up-05-factor')
  unclean.push(...(await violations(page, 'factor')))
  await section.getByRole('button', { name: 'Confirmar' }).click()
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()
  await page.getByText('Rosa Quispe').waitFor()
  await photograph(page, 'set-up-05-room')

  // the set-up is spent, and nothing is closed any more
  const again = await fetch(`${product.url}/api/units`)
  expect(again.status).toBe(401)

  const operator = await signInAs(stage, 'operator', address?.[0])
  await operator.page.getByText('Óscar Huamán').waitFor()
  await photograph(operator.page, 'set-up-06-empty-room')
  const spent = await stage.browser.newContext(laptop)
  const tried = await spent.newPage()
  await tried.goto(address?.[0] ?? '')
  await tried.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await tried.getByRole('alert').waitFor({ timeout: soonMs })
  await photograph(tried, 'set-up-07-link-used')
  await spent.close()

  // by name and password, as on every later day
  await page.getByRole('link', { name: 'Rosa Quispe' }).click()
  await page.getByRole('button', { name: 'Salir' }).click()
  await page.getByRole('textbox', { name: 'Nombre de entrada' }).fill('rosa')
  await page.getByLabel('Contraseña').fill('cuatro palabras sin relación')
  await page.getByRole('button', { name: 'Entrar', exact: true }).click()
  // the next code: each works once, and one step ahead of the clock is taken
  await page.getByRole('textbox', { name: 'Código de seis dígitos' }).fill(codeFor(secret, Date.now() + 30_000))
  await page.getByRole('button', { name: 'Entrar', exact: true }).click()
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()
  expect(errors.filter((error) => !error.includes('401'))).toEqual([])
  expect(unclean).toEqual([])
  await context.close()

  // and who lost the way in gets a new one on the machine itself
  // whose holder, having a second factor, is asked for its code
  const other = await stage.browser.newContext(laptop)
  const door = await other.newPage()
  await door.goto(await freshLink(stage, 'administrator'))
  await door.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await door.getByRole('textbox', { name: 'Código de seis dígitos' }).waitFor({ timeout: soonMs })
  await other.close()
})
