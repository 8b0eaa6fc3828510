import type { Browser, Page } from 'playwright-core'
import { quantile } from './figures.ts'

export type Frames = {
  readonly perSecond: number
  readonly gapP95Ms: number
  /** Script of the page’s thread in a frame that had any worth the name: p95, and the most. */
  readonly scriptP95Ms: number
  readonly scriptMostMs: number
  readonly cores: number
}
/** One event of Chromium’s own record; times are microseconds. */
type TraceEvent = {
  readonly name: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  /** Processor time of the thread, where Chromium tells it: what others on the machine take is not in it. */
  readonly tdur?: number
  readonly pid: number
  readonly tid: number
  readonly args?: { readonly name?: string }
}

/** What Chromium calls the page's own code; what runs inside another of these is counted with it. */
const scripts = new Set([
  'FunctionCall',
  'FireAnimationFrame',
  'TimerFire',
  'EvaluateScript',
  'RunMicrotasks',
  'EventDispatch',
])
/** Less than this is the counting of frames itself. */
const worthMs = 0.3

/** Counts the page's frames from its first script on; to be called before it is opened. */
export const countFrames = (page: Page): Promise<unknown> =>
  page.addInitScript(`
    window.frameGaps = []
    let last = performance.now()
    const frame = (now) => { window.frameGaps.push(now - last); last = now; requestAnimationFrame(frame) }
    requestAnimationFrame(frame)
  `)

/** Frames, script and processor time while `during` runs. */
export async function measureFrames(browser: Browser, page: Page, during: () => Promise<unknown>): Promise<Frames> {
  const system = await browser.newBrowserCDPSession()
  const cpuSeconds = async (): Promise<number> => {
    const { processInfo } = await system.send('SystemInfo.getProcessInfo')
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
  }
  await browser.startTracing(page, { categories: ['devtools.timeline', '__metadata'] })
  await page.evaluate('window.frameGaps.splice(0)')
  const [startedAt, cpuBefore] = [performance.now(), await cpuSeconds()]
  await during()
  const gaps = (await page.evaluate('window.frameGaps.splice(0)')) as number[]
  const [seconds, cpu] = [(performance.now() - startedAt) / 1000, (await cpuSeconds()) - cpuBefore]
  const trace = JSON.parse(new TextDecoder().decode(await browser.stopTracing())) as { traceEvents: TraceEvent[] }
  await system.detach()
  const script = scriptPerFrame(trace.traceEvents).filter((ms) => ms > worthMs)
  return {
    perSecond: gaps.length / seconds,
    gapP95Ms: quantile(gaps, 0.95),
    scriptP95Ms: quantile(script, 0.95),
    scriptMostMs: Math.max(...script),
    cores: cpu / seconds,
  }
}

/** Milliseconds of script from each animation frame of the page's thread to the next. */
function scriptPerFrame(events: readonly TraceEvent[]): readonly number[] {
  const mine = events.filter(({ name, ph }) => ph === 'X' && scripts.has(name)).sort((one, other) => one.ts - other.ts)
  const threads = Map.groupBy(mine, ({ pid, tid }) => `${pid} ${tid}`)
  const count = (thread: readonly TraceEvent[]): number =>
    thread.filter(({ name }) => name === 'FireAnimationFrame').length
  const [page = []] = [...threads.values()].sort((one, other) => count(other) - count(one))
  const frames = [0]
  let doneUntil = 0
  let frameAt = 0
  for (const { name, ts, dur = 0, tdur = dur } of page) {
    // callbacks of one frame follow each other within a few milliseconds
    if (name === 'FireAnimationFrame' && ts > doneUntil && ts - frameAt > 4000) {
      frames.push(0)
      frameAt = ts
    }
    if (ts >= doneUntil) {
      frames.push((frames.pop() ?? 0) + tdur / 1000)
      doneUntil = ts + dur
    }
  }
  return frames
}
