import { type Product, startProduct, temporaryData } from '../product.ts'
import { type Bench, median, plain } from './figures.ts'
import { nameOf, processesOf, pssOf } from './processes.ts'

const laterStarts = 3
const settleMs = 60_000

/** Issue 2 §11 `start`: an empty folder to the first screen, later starts, and the memory of all processes. */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  try {
    const first = await timed(data.folder)
    say(`first start ${first.seconds.toFixed(2)} s`)
    await first.product.interrupt()
    const later: number[] = []
    let product: Product | null = null
    for (let start = 1; start <= laterStarts; start += 1) {
      const next = await timed(data.folder)
      later.push(next.seconds)
      say(`later start ${next.seconds.toFixed(2)} s`)
      if (start === laterStarts) {
        product = next.product
      } else {
        await next.product.interrupt()
      }
    }
    say(`${settleMs / 1000} s until the memory is read …`)
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    const pids = processesOf(product?.process.pid ?? 0, data.folder)
    for (const pid of pids) {
      say(`${(pssOf([pid]) / 1e6).toFixed(1).padStart(7)} MB  ${nameOf(pid)}`)
    }
    const memory = pssOf(pids) / 1e6
    const stopped = (await product?.interrupt()) ?? 0
    return [
      plain('first', first.seconds, 's'),
      plain('later', median(later), 's'),
      plain('memory', memory, 'MB'),
      plain('stop', stopped / 1000, 's'),
    ]
  } finally {
    await data.remove()
  }
}

/** Until the first screen: the product says that it is ready, and its page and the script of it are answered. */
async function timed(folder: string): Promise<{ readonly product: Product; readonly seconds: number }> {
  const startedAt = performance.now()
  const product = await startProduct({ data: folder })
  const page = await (await fetch(product.url)).text()
  const script = /<script[^>]+src="([^"]+)"/.exec(page)?.[1]
  if (script === undefined) {
    throw new Error(`no page at ${product.url}: ${page.slice(0, 200)}`)
  }
  await (await fetch(new URL(script, product.url))).arrayBuffer()
  return { product, seconds: (performance.now() - startedAt) / 1000 }
}
