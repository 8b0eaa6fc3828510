import { afterAll, beforeAll, expect, test } from 'vitest'
import { laptop, listenForErrors } from '../browser.ts'
import { violations } from './axe.ts'
import { openStage, photograph, type Stage, soonMs } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage(['--no-simulator'])
}, 120_000)
afterAll(async () => {
  await stage?.close()
}, 60_000)

test('a passkey is kept in “my account” and opens the room by itself; one that counts behind is refused', {
  timeout: 180_000,
}, async () => {
  // Browsers know no passkeys for an address in numbers.
  const here = stage.product.url.replace('127.0.0.1', 'localhost')
  const context = await stage.browser.newContext(laptop)
  context.setDefaultTimeout(soonMs)
  const page = await context.newPage()
  const errors = listenForErrors(page)
  const device = await context.newCDPSession(page)
  await device.send('WebAuthn.enable')
  const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto((stage.product.links.operator ?? '').replace('127.0.0.1', 'localhost'))
  await page.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()

  await page.goto(`${here}/settings`)
  await page.getByRole('button', { name: 'Agregar una llave' }).click()
  await page.getByRole('textbox', { name: 'Nombre de la llave' }).fill('PC de sala')
  await page.getByRole('button', { name: 'Seguir' }).click()
  await page.getByText('PC de sala').waitFor()
  await photograph(page, 'passkey-01-kept')
  expect(await violations(page, 'settings')).toEqual([])
  const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId })
  expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }])

  await page.getByRole('button', { name: 'Salir' }).click()
  // offered by the browser beside the name (conditional UI); this authenticator answers at once
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()

  // an authenticator that was copied counts behind: refused, and revoked
  await page.goto(`${here}/settings`)
  await page.getByText('PC de sala').waitFor()
  const [kept] = credentials
  await device.send('WebAuthn.removeCredential', { authenticatorId, credentialId: kept?.credentialId ?? '' })
  await device.send('WebAuthn.addCredential', {
    authenticatorId,
    credential: { ...kept!, signCount: 0 },
  })
  await page.goto(`${here}/settings`)
  await page.getByRole('button', { name: 'Salir' }).click()
  await page.getByRole('alert').waitFor()
  await photograph(page, 'passkey-02-copied')
  expect(errors.filter((error) => !error.includes('401'))).toEqual([])
  await context.close()
})
