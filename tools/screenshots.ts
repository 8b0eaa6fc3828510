/**
 * `npm run screenshots [-- PART]`: starts the product, lets the demonstration live for two minutes, and photographs every
 * screen and state into docs/pictures, by night and by day, at phone, laptop and wall size. What people see in the README
 * is the product, not a drawing. PART is one of the parts below; without it the album begins empty.
 */
import { openStage, type Stage } from '../tests/e2e/stage.ts'
import { emptyAlbum } from './pictures/album.ts'
import { photographBodycam } from './pictures/bodycam.ts'
import { photographCases } from './pictures/cases.ts'
import { photographControlRoom } from './pictures/control-room.ts'
import { photographCustody } from './pictures/custody.ts'
import { photographFirstRun } from './pictures/first-run.ts'

const livesForMs = 120_000

const parts: Readonly<Record<string, () => Promise<void>>> = {
  'first-run': photographFirstRun,
  'control-room': () => inDemonstration([], livesForMs, photographControlRoom),
  custody: () => inDemonstration([], livesForMs, photographCustody),
  cases: () => inDemonstration([], livesForMs, photographCases),
  bodycam: () => inDemonstration(['--no-simulator'], 0, photographBodycam),
}

async function inDemonstration(
  args: readonly string[],
  waitMs: number,
  photograph: (stage: Stage) => Promise<void>,
): Promise<void> {
  const stage = await openStage(args)
  try {
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    await photograph(stage)
  } finally {
    await stage.close()
  }
}

const [only] = process.argv.slice(2)
if (only === undefined) {
  await emptyAlbum()
}
for (const [name, photograph] of Object.entries(parts)) {
  if (only === undefined || only === name) {
    await photograph()
  }
}
