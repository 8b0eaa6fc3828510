import { randomUUID } from 'node:crypto'
import type { Fix, RoomMessage, Unit } from '@sereno/contracts'
import type { Page } from 'playwright-core'

const partsOfSecond = 4
/** Metres a second of somebody on patrol, as degrees. */
const stepDeg = 1.3 / 111_320
const columns = 25

type Walker = { readonly unit: Unit; longitude: number; latitude: number; headingDeg: number }

/**
 * The room's socket answered here as the server answers it: a snapshot of `size` units in the demonstration's district,
 * each of which then moves once a second, in four batches.
 */
export async function routeCrowd(page: Page, size: number): Promise<void> {
  const crowd = Array.from({ length: size }, (_, index) => walkerAt(index))
  await page.routeWebSocket(/\/api\/room$/, (socket) => {
    const say = (message: RoomMessage): void => socket.send(JSON.stringify(message))
    say({
      type: 'snapshot',
      nowMs: Date.now(),
      units: crowd.map((walker) => ({ ...walker.unit, fix: step(walker) })),
      alarms: [],
    })
    say({ type: 'tick', nowMs: Date.now(), checkpointAt: Date.now() })
    let part = 0
    const timer = setInterval(() => {
      const moved = crowd.filter((_, index) => index % partsOfSecond === part)
      part = (part + 1) % partsOfSecond
      const fixes = moved.map((walker) => ({ device: walker.unit.device, fix: step(walker) }))
      say({ type: 'positions', nowMs: Date.now(), fixes })
    }, 1000 / partsOfSecond)
    socket.onClose(() => clearInterval(timer))
  })
}

function walkerAt(index: number): Walker {
  const [column, row] = [index % columns, Math.floor(index / columns)]
  return {
    longitude: -77.005 + column * 0.0018,
    latitude: -12.17 + row * 0.0018,
    headingDeg: index % 360,
    unit: {
      device: randomUUID(),
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
    },
  }
}

function step(walker: Walker): Fix {
  const turn = (walker.headingDeg * Math.PI) / 180
  walker.longitude += Math.sin(turn) * stepDeg
  walker.latitude += Math.cos(turn) * stepDeg
  walker.headingDeg = (walker.headingDeg + 7) % 360
  const { longitude, latitude, headingDeg } = walker
  return { atMs: Date.now(), accuracyM: 5, speedMps: 1.3, longitude, latitude, headingDeg }
}
