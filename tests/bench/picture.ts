import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { laptop, openBrowser } from '../browser.ts'
import { startProduct, temporaryData } from '../product.ts'
import { desk } from './devices.ts'
import { type Figure, plain, quantile } from './figures.ts'
import { recordWithPhone } from './phone.ts'
import { openRadio } from './radio.ts'

const settleMs = 4_000
const measuredMs = 20_000
const cutMs = 10_000
const waitMs = 60_000

type Seen = { readonly atMs: number; readonly codeMs: number }

/**
 * How old the picture is: the bodycam and the control room as people use them, in one Chromium on one machine, the code
 * drawn in the camera's picture read back from the viewer's canvas right after each frame was drawn there. Then the
 * phone loses its signal for ten seconds, and what is counted is the time from the signal's return to a picture drawn
 * after it. The room shows its table, not its map, and Chromium draws with the CPU alone: emulating a graphics card on
 * the cores that encode and decode is not what is measured.
 */
export async function picture(say: (line: string) => void, cuts = 3): Promise<readonly Figure[]> {
  const data = await temporaryData()
  const browser = await openBrowser(
    [
      '--disable-renderer-backgrounding',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
    ],
    'none',
  )
  try {
    const product = await startProduct({ data: data.folder })
    const radio = await openRadio(product.url)
    try {
      const office = await desk(product.url, product.links.administrator)
      say('a phone enrols and records …')
      const phone = await recordWithPhone(browser, radio.url, office)
      say('an operator watches …')
      const room = await watchInRoom(browser, product.url, product.links.operator ?? '', phone.device)
      await pause(settleMs)
      await takeSeen(room)
      await pause(measuredMs)
      const seen = await takeSeen(room)
      const ages = seen.map(({ atMs, codeMs }) => atMs - codeMs)
      const framesPerSecond = (seen.length * 1000) / measuredMs
      say(`${seen.length} pictures read back, ${framesPerSecond.toFixed(1)} a second`)
      const resumed: number[] = []
      for (let cut = 0; cut < cuts; cut += 1) {
        radio.cut()
        await pause(cutMs)
        await takeSeen(room)
        radio.restore()
        const backAt = Date.now()
        const first = await firstDrawnAfter(room, backAt)
        resumed.push((first - backAt) / 1000)
        say(`after a cut of ${cutMs / 1000} s the picture was back in ${((first - backAt) / 1000).toFixed(2)} s`)
        await pause(settleMs)
      }
      return [
        plain('p50', quantile(ages, 0.5), 'ms'),
        plain('p95', quantile(ages, 0.95), 'ms'),
        plain('frames', framesPerSecond, 'pictures/s'),
        plain('resume', Math.max(...resumed), 's'),
      ]
    } finally {
      await radio.close()
      await product.interrupt()
    }
  } finally {
    await browser.close()
    await data.remove()
  }
}

async function watchInRoom(browser: Browser, url: string, link: string, device: string): Promise<Page> {
  const context = await browser.newContext(laptop)
  context.setDefaultTimeout(waitMs)
  await context.addInitScript({ path: join(import.meta.dirname, 'page/reader.js') })
  const page = await context.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await page.locator('[data-region="queue"]').waitFor()
  await page.goto(`${url}/?unit=${device}&table=true`)
  await page.getByRole('button', { name: 'Ver en vivo' }).click()
  await page.getByRole('button', { name: 'Abrir video' }).click()
  await firstDrawnAfter(page, 0)
  return page
}

/** What was read back since the last call. */
function takeSeen(page: Page): Promise<Seen[]> {
  return page.evaluate('window.seenCodes.splice(0)') as Promise<Seen[]>
}

/** The instant at which a picture was drawn that the camera took after `instantMs`. The page forbids eval: asked from here. */
async function firstDrawnAfter(page: Page, instantMs: number): Promise<number> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await pause(50)) {
    const newer = (await takeSeen(page)).find(({ codeMs }) => codeMs > instantMs)
    if (newer !== undefined) {
      return newer.atMs
    }
  }
  throw new Error(`no picture within ${waitMs / 1000} s: ${await page.locator('body').innerText()}`)
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs))
}
