import type { Bench } from './figures.ts'
import { table } from './figures.ts'

const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  dock: () => import('./dock.ts'),
  ingest: () => import('./ingest.ts'),
  live: () => import('./live.ts'),
  room: () => import('./room.ts'),
  positions: () => import('./positions.ts'),
  find: () => import('./find.ts'),
  reconcile: () => import('./reconcile.ts'),
  search: () => import('./search.ts'),
  custody: () => import('./custody.ts'),
  verify: () => import('./verify.ts'),
  start: () => import('./start.ts'),
}

const [name = '', ...options] = process.argv.slice(2)
const load = benches[name]
if (load === undefined || options.some((option) => option !== '--json')) {
  console.error(`npm run --silent bench -- NAME [--json]   NAME: ${Object.keys(benches).join(' · ')}`)
  process.exit(2)
}
const json = options.includes('--json')
const { bench } = await load()
const figures = await bench((line) => console.error(line))
console.log(json ? JSON.stringify({ bench: name, figures }) : table(name, figures))
process.exit(0)
