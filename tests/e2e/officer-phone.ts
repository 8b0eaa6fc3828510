import type { BrowserContext, Page } from 'playwright-core'
import { es, type Text as Words } from '../../apps/bodycam/src/text.es.ts'
import { listenForErrors, phone } from '../browser.ts'
import { type Stage, soonMs } from './stage.ts'

/** An officer's phone: the real bodycam page in a browser session of its own, with camera, microphone and GPS. */
export type OfficerPhone = {
  readonly context: BrowserContext
  readonly page: Page
  readonly errors: readonly string[]
  /** Requests that the server refused, with its code. */
  readonly refused: readonly string[]
}

/** Opens a blank phone whose officer walks: a position that never changes is sent once and grows old. */
export async function openPhone(stage: Stage): Promise<OfficerPhone> {
  const { permissions: _, ...options } = phone
  const context = await stage.browser.newContext(options)
  context.setDefaultTimeout(soonMs)
  const page = await context.newPage()
  await grant(stage, context, page)
  const startedAt = Date.now()
  const walking = setInterval(() => {
    const walkedM = (Date.now() - startedAt) / 1000
    context
      .setGeolocation({ latitude: -12.139 + walkedM / 111_320, longitude: -76.991, accuracy: 5 })
      .catch(() => undefined)
  }, 1000)
  context.once('close', () => clearInterval(walking))
  const refused: string[] = []
  context.on('response', (response) => {
    if (response.status() >= 400) {
      const told = `${response.request().method()} ${new URL(response.url()).pathname}: ${response.status()}`
      response.text().then(
        (text) => refused.push(`${told} ${text}`),
        () => refused.push(told),
      )
    }
  })
  return { context, page, errors: listenForErrors(page), refused }
}

/** Camera, microphone, GPS, and storage that is not thrown away: Playwright knows no name for the last. */
async function grant(stage: Stage, context: BrowserContext, page: Page): Promise<void> {
  const ofPage = await context.newCDPSession(page)
  const { targetInfo } = await ofPage.send('Target.getTargetInfo')
  // Kept open: what a session granted goes with it.
  const ofBrowser = await stage.browser.newBrowserCDPSession()
  await ofBrowser.send('Browser.grantPermissions', {
    permissions: ['durableStorage', 'audioCapture', 'videoCapture', 'geolocation'],
    ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
  })
}

/** The pre-shift check by eye, then the PIN, digit by digit. */
export async function startShift(
  page: Page,
  pin: string,
  words: Words = es,
  atPin?: () => Promise<void>,
): Promise<void> {
  await page.getByRole('button', { name: words.check.looksGood, exact: true }).click()
  await page.getByRole('button', { name: words.check.goOn }).click()
  await page.getByRole('heading', { name: words.pin.word }).waitFor()
  await atPin?.()
  for (const digit of pin) {
    await page.getByRole('button', { name: digit, exact: true }).click()
  }
  await page.getByRole('button', { name: words.pin.go }).click()
  await page.getByRole('heading', { name: words.ready.word }).waitFor()
}

/** One touch. */
export async function record(page: Page, words: Words = es): Promise<void> {
  await page.getByRole('button', { name: words.ready.record }).click()
  await page.getByRole('heading', { name: words.recording.word }).waitFor()
}

/** Keeps a control pressed until it has done its work. */
export async function hold(page: Page, name: string | RegExp, until: () => Promise<unknown>): Promise<void> {
  const box = await page.getByRole('button', { name }).boundingBox()
  if (box === null) {
    throw new Error(`there is nothing to hold: ${String(name)}`)
  }
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  try {
    await until()
  } finally {
    await page.mouse.up()
  }
}

/** The 2 s hold that ends a recording; leaves the phone at "what was it?". */
export async function stopRecording(page: Page, words: Words = es): Promise<void> {
  await hold(page, new RegExp(`^${words.deck.finish}`), () =>
    page.getByRole('heading', { name: words.end.word }).waitFor(),
  )
}

/** Waits until the phone itself says that the control centre has everything. */
export async function allSafe(page: Page, withinMs: number): Promise<void> {
  await page.getByRole('button', { name: es.deck.shift }).click()
  await page.getByRole('button', { name: es.shift.finish }).click()
  await page.getByRole('heading', { name: es.upload.canHandIn }).waitFor({ timeout: withinMs })
}
