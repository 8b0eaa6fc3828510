import { measureAppends } from './custody-appends.ts'
import { measureBrowser } from './custody-browser.ts'
import { measureView } from './custody-view.ts'
import type { Bench, Figure } from './figures.ts'

const parts: Readonly<Record<string, (say: (line: string) => void) => Promise<readonly Figure[]>>> = {
  view: measureView,
  appends: measureAppends,
  browser: (say) => measureBrowser(say),
}
/** One of them alone: `SERENO_BENCH_PART=view`. */
const wanted = process.env.SERENO_BENCH_PART

/** Issue 3 §9 `custody`: what it costs that every look is an entry, and what it takes to check a whole package. */
export const bench: Bench = async (say) => {
  const figures: Figure[] = []
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted === undefined || wanted === name) {
      figures.push(...(await measure(say)))
    }
  }
  return figures
}
