import type { Browser, Page } from 'playwright-core'
import { laptop, openBrowser } from '../browser.ts'
import { type Product, startProduct, temporaryData } from '../product.ts'
import { routeCrowd } from './crowd.ts'
import { type Bench, compared, type Figure, plain } from './figures.ts'
import { countFrames, type Frames, measureFrames } from './frames.ts'

const units = 1_000
const settleMs = 4_000
const measuredMs = 8_000
const waitMs = 60_000

/**
 * Issue 2 §8: the room's map with 1,000 units that each move once a second, beside the same map with none: what is
 * between the two is what units cost. The page, its map and its data are the product's; the socket's messages are made
 * here, so that what is measured is the browser alone. Without a graphics card the map itself is drawn by the CPU.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  const browser = await openBrowser(['--disable-renderer-backgrounding'])
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const bare = await measureRoom(browser, product, 'operator', 0)
      say(`no unit: ${words(bare.rest)} at rest, ${words(bare.dragged)} dragged`)
      const full = await measureRoom(browser, product, 'supervisor', units)
      say(`${units} units: ${words(full.rest)} at rest, ${words(full.dragged)} dragged`)
      return [...figuresOf('', full.rest, bare.rest), ...figuresOf('-dragged', full.dragged, bare.dragged)]
    } finally {
      await product.interrupt()
    }
  } finally {
    await browser.close()
    await data.remove()
  }
}

const words = ({ perSecond, scriptP95Ms, cores }: Frames): string =>
  `${perSecond.toFixed(1)} frames/s, script ${scriptP95Ms.toFixed(1)} ms, ${cores.toFixed(2)} cores`

const figuresOf = (suffix: string, full: Frames, bare: Frames): readonly Figure[] => [
  compared(`frames${suffix}`, full.perSecond, 'frames/s', 'the same map without units', bare.perSecond),
  compared(`gap-p95${suffix}`, full.gapP95Ms, 'ms between frames', 'the same map without units', bare.gapP95Ms),
  plain(`script-p95${suffix}`, full.scriptP95Ms, 'ms of script in a frame that has any'),
  plain(`script-most${suffix}`, full.scriptMostMs, 'ms of script in the worst frame'),
  compared(`browser${suffix}`, full.cores, 'cores of all its processes', 'the same map without units', bare.cores),
]

async function measureRoom(
  browser: Browser,
  product: Product,
  role: string,
  size: number,
): Promise<{ readonly rest: Frames; readonly dragged: Frames }> {
  const context = await browser.newContext(laptop)
  context.setDefaultTimeout(waitMs)
  const page = await context.newPage()
  await countFrames(page)
  await routeCrowd(page, size)
  await page.goto(product.links[role] ?? '')
  await page.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await page.locator('canvas').first().waitFor()
  await (size === 0 ? page.getByText('Nadie está de turno') : page.getByText(`${size} en el mapa`)).first().waitFor()
  await pause(settleMs)
  const rest = await measureFrames(browser, page, () => pause(measuredMs))
  const dragged = await measureFrames(browser, page, () => drag(page, measuredMs))
  await context.close()
  return { rest, dragged }
}

/** A hand that drags the map round in circles. */
async function drag(page: Page, forMs: number): Promise<void> {
  const box = await page.locator('canvas').first().boundingBox()
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  const startedAt = performance.now()
  for (let sinceMs = 0; sinceMs < forMs; sinceMs = performance.now() - startedAt) {
    await page.mouse.move(x + Math.sin(sinceMs / 600) * 120, y + Math.cos(sinceMs / 600) * 80)
    await pause(16)
  }
  await page.mouse.up()
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs))
}
