import { laptop } from '../../tests/browser.ts'
import { openStage, signInAs } from '../../tests/e2e/stage.ts'
import { settle, take, waitMs } from './album.ts'

/** A real installation on its first day: four steps, then a room without anybody. */
export async function photographFirstRun(): Promise<void> {
  const stage = await openStage(['--empty'])
  try {
    const { product, browser } = stage
    const stranger = await browser.newContext(laptop)
    const closed = await stranger.newPage()
    await closed.goto(product.url)
    await closed.locator('h1').waitFor({ timeout: waitMs })
    await take(closed, 'set-up-closed', { at: ['laptop'], by: ['night'] })
    await stranger.close()

    const context = await browser.newContext(laptop)
    const page = await context.newPage()
    const next = (): Promise<void> => page.getByRole('button', { name: 'Siguiente' }).click()
    await page.goto(Object.values(product.links)[0] ?? '')
    await page.getByRole('textbox', { name: 'Nombre de la municipalidad' }).fill('Municipalidad de Prueba')
    await take(page, 'set-up-1-place', { by: ['night', 'day'] })
    await next()
    await page.getByRole('textbox', { name: 'Nombre y apellido' }).fill('Rosa Quispe')
    await page.getByRole('textbox', { name: 'Nombre de entrada' }).fill('rosa')
    await page.getByLabel('Contraseña').fill('cuatro palabras sin relación')
    await take(page, 'set-up-2-administrator', { at: ['laptop'], by: ['night'] })
    await next()
    await page.getByRole('button', { name: 'Agregar persona' }).click()
    await page.getByRole('textbox', { name: 'Nombre y apellido' }).fill('Óscar Huamán')
    await page.getByRole('textbox', { name: 'Nombre de entrada' }).fill('oscar')
    await take(page, 'set-up-3-people', { by: ['night'] })
    await next()
    await page.getByRole('textbox', { name: 'Carpeta para el respaldo' }).fill('/mnt/respaldo')
    await take(page, 'set-up-4-backup', { at: ['laptop'], by: ['night'] })
    await page.getByRole('button', { name: 'Preparar' }).click()
    await page.getByRole('heading', { name: 'Listo' }).waitFor({ timeout: waitMs })
    await take(page, 'set-up-5-done', { by: ['night'] })
    const link = /https?:\S+#link=[\w-]+/.exec(await page.locator('main').innerText())?.[0]
    await page.getByRole('button', { name: 'Entrar a la sala' }).click()
    await page.getByRole('navigation', { name: 'Secciones' }).waitFor()
    await page.goto(`${product.url}/fleet`)
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await take(page, 'fleet-empty', { at: ['laptop'], by: ['night'] })

    const operator = await signInAs(stage, 'operator', link)
    await operator.page.locator('[data-region=queue]').waitFor()
    await settle(operator.page, 4000)
    await take(operator.page, 'room-empty', { at: ['laptop', 'phone', 'wall'] })
    await operator.page.goto(`${product.url}/recordings`)
    await operator.page.getByRole('heading', { level: 2 }).first().waitFor()
    await take(operator.page, 'recordings-empty', { at: ['laptop', 'phone'], by: ['night'] })
  } finally {
    await stage.close()
  }
}
