import { randomUUID } from 'node:crypto'
import type { Fix, RoomMessage, Unit } from '@sereno/contracts'
import type { Browser, Page } from 'playwright-core'
import { laptop, openBrowser } from '../browser.ts'
import { startProduct, temporaryData } from '../product.ts'
import { type Bench, type Figure, plain, quantile } from './figures.ts'

const units = 1_000
const partsOfSecond = 4
const settleMs = 6_000
const measuredMs = 15_000
const waitMs = 60_000
/** Metres a second of somebody on patrol, as degrees. */
const stepDeg = 1.3 / 111_320

/**
 * Issue 2 §8: the room's map with 1,000 units that each move once a second. The page, its map and its data are the
 * product's; the socket's messages are made here, as the server sends them (four batches a second), so that what is
 * measured is the browser alone. Without a graphics card the map is drawn by the CPU: the frames are the least there is.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  const browser = await openBrowser(['--disable-renderer-backgrounding'])
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const page = await openRoom(browser, product.links.operator ?? '')
      say(`${units} units on the map …`)
      await pause(settleMs)
      const rest = await measure(browser, page, async () => pause(measuredMs))
      say(`at rest ${rest.framesPerSecond.toFixed(1)} frames/s, ${rest.cores.toFixed(2)} cores`)
      const moved = await measure(browser, page, () => drag(page, measuredMs / 2))
      say(`while the map is dragged ${moved.framesPerSecond.toFixed(1)} frames/s, ${moved.cores.toFixed(2)} cores`)
      return [...figuresOf('', rest), ...figuresOf('-dragged', moved)]
    } finally {
      await product.interrupt()
    }
  } finally {
    await browser.close()
    await data.remove()
  }
}

type Measured = {
  readonly framesPerSecond: number
  readonly longestFrameMs: number
  readonly script: number
  readonly cores: number
}

const figuresOf = (suffix: string, measured: Measured): readonly Figure[] => [
  plain(`frames${suffix}`, measured.framesPerSecond, 'frames/s'),
  plain(`frame-p95${suffix}`, measured.longestFrameMs, 'ms between frames'),
  plain(`script${suffix}`, measured.script, 'share of the page’s thread'),
  plain(`browser${suffix}`, measured.cores, 'cores of all its processes'),
]

async function openRoom(browser: Browser, link: string): Promise<Page> {
  const context = await browser.newContext(laptop)
  context.setDefaultTimeout(waitMs)
  await context.addInitScript(`
    window.frameGaps = []
    let last = performance.now()
    const frame = (now) => { window.frameGaps.push(now - last); last = now; requestAnimationFrame(frame) }
    requestAnimationFrame(frame)
  `)
  const page = await context.newPage()
  const crowd = Array.from({ length: units }, (_, index) => unitAt(index))
  await page.routeWebSocket(/\/api\/room$/, (socket) => {
    const say = (message: RoomMessage): void => socket.send(JSON.stringify(message))
    say({ type: 'snapshot', nowMs: Date.now(), units: crowd, alarms: [] })
    say({ type: 'tick', nowMs: Date.now(), checkpointAt: Date.now() })
    let part = 0
    const timer = setInterval(() => {
      const moved = crowd.filter((_, index) => index % partsOfSecond === part)
      part = (part + 1) % partsOfSecond
      const nowMs = Date.now()
      say({ type: 'positions', nowMs, fixes: moved.map((unit) => ({ device: unit.device, fix: step(unit, nowMs) })) })
    }, 1000 / partsOfSecond)
    socket.onClose(() => clearInterval(timer))
  })
  await page.goto(link)
  await page.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await page.locator('canvas').first().waitFor()
  await page.getByText(`${units} en el mapa`).waitFor()
  return page
}

const places = new Map<string, { longitude: number; latitude: number; headingDeg: number }>()

/** Somewhere in the demonstration's district. */
function unitAt(index: number): Unit {
  const device = randomUUID()
  const [column, row] = [index % 25, Math.floor(index / 25)]
  places.set(device, { longitude: -77.005 + column * 0.0018, latitude: -12.17 + row * 0.0018, headingDeg: index % 360 })
  const unit: Unit = {
    device,
    deviceCode: `BC-${index}`,
    officer: { id: randomUUID(), code: `S-${index}`, name: `Agente ${index}` },
    quadrant: null,
    status: index % 20 === 0 ? 'recording' : 'free',
    fix: null,
    seenAt: Date.now(),
    batteryPercent: 80,
    recording: null,
    recordingSince: null,
    streaming: false,
    watchers: 0,
    simulated: true,
    may: [],
  }
  return { ...unit, fix: step(unit, Date.now()) }
}

function step({ device }: Unit, atMs: number): Fix {
  const place = places.get(device) ?? { longitude: -77, latitude: -12.14, headingDeg: 0 }
  const turn = (place.headingDeg * Math.PI) / 180
  place.longitude += Math.sin(turn) * stepDeg
  place.latitude += Math.cos(turn) * stepDeg
  place.headingDeg = (place.headingDeg + 7) % 360
  return { atMs, accuracyM: 5, speedMps: 1.3, ...place }
}

async function measure(browser: Browser, page: Page, during: () => Promise<unknown>): Promise<Measured> {
  const system = await browser.newBrowserCDPSession()
  const inner = await page.context().newCDPSession(page)
  await inner.send('Performance.enable')
  const read = async () => {
    const { processInfo } = await system.send('SystemInfo.getProcessInfo')
    const { metrics } = await inner.send('Performance.getMetrics')
    return {
      atMs: performance.now(),
      cpuSeconds: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
      taskSeconds: metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0,
    }
  }
  await page.evaluate('window.frameGaps.splice(0)')
  const before = await read()
  await during()
  const gaps = (await page.evaluate('window.frameGaps.splice(0)')) as number[]
  const after = await read()
  await system.detach()
  await inner.detach()
  const seconds = (after.atMs - before.atMs) / 1000
  return {
    framesPerSecond: gaps.length / seconds,
    longestFrameMs: quantile(gaps, 0.95),
    script: (after.taskSeconds - before.taskSeconds) / seconds,
    cores: (after.cpuSeconds - before.cpuSeconds) / seconds,
  }
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
