/** When a life has been lived: nothing is left to a sample, and its last finished copy is brought back. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from '../product.ts'
import { type Books, booked, Findings, filesOf, judgeLeftovers, judgeRecording, type Place } from './judge.ts'
import type { Program } from './mortal.ts'
import { until } from './pacing.ts'
import { enter } from './two-people.ts'

/** A bucket of a real S3 that this life moves to. */
export type Bucket = {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly list: () => Promise<readonly string[]>
}

type Environment = Readonly<Record<string, string>>

/**
 * Everything that was begun comes to its end; then all of it is judged. `bucket`: where all footage must have moved.
 * Answers how many objects lie there.
 */
export async function judgeWhole(place: Place, books: Books, bucket: Bucket | null): Promise<number> {
  await until('everything is sealed', async () => {
    const states = await Promise.all([...books.stoppedAtMs.keys()].map((recording) => stateOf(place, recording)))
    return states.every((state) => state === 'sealed')
  })
  if (bucket !== null) {
    await until('everything has moved', async () => (await filesOf(place.footage)).length === 0)
  }
  await until('every batch that runs is done, with its acta', async () => {
    const { json } = await place.ask('GET /retention/batches')
    const batches = (json.batches ?? []) as readonly { readonly state: string }[]
    return batches.every(({ state }) => state !== 'running')
  })
  const findings = new Findings()
  for (const recording of books.acknowledged.keys()) {
    await judgeRecording(place, books, recording, findings)
  }
  judgeLeftovers(await filesOf(place.footage), books, 'footage', findings)
  const names = (await bucket?.list()) ?? []
  if (bucket !== null) {
    findings.demand(names.length > 0, 'everything has moved, and the bucket is empty')
    findings.demand(new Set(names).size === names.length, 'the bucket lists an object twice')
    judgeLeftovers(names, books, 'bucket', findings)
  }
  findings.settle()
  return names.length
}

async function stateOf(place: Place, recording: string): Promise<string> {
  const { json } = await place.ask(`GET /recordings/${recording}`)
  return (json.recording as { readonly state?: string } | undefined)?.state ?? ''
}

export async function interrupt(one: Program | null): Promise<void> {
  one?.child.kill('SIGINT')
  await one?.ended
}

/** Every byte read again. */
export function demandClean(folder: string, env: Environment): Promise<void> {
  return demandDone(['check', '--data', folder, '--full'], env)
}

async function demandDone(args: readonly string[], env: Environment): Promise<void> {
  const { exitCode, output } = await command(args, env)
  const findings = new Findings()
  findings.demand(exitCode === 0, `sereno ${args.join(' ')}:\n${output}`)
  findings.settle()
}

/** Brought back as the guide says: every receipt given before it was begun is judged there; it serves and is clean. */
export async function judgeCopy(
  copy: {
    readonly from: string
    readonly identity: string
    readonly data: string
    /** The installation that was lost: its newest list of tombstones is brought along. */
    readonly after: string
    readonly nowMs: () => number
  },
  books: Books,
  start: (data: string) => Program,
  env: Environment,
): Promise<void> {
  await demandDone(['restore', '--from', copy.from, '--data', copy.data, '--identity', copy.identity], env)
  await demandDone(['recover', '--data', copy.data], env)
  // What was destroyed since the copy was made is gone from the bucket as well.
  await cp(join(copy.after, 'ledger/tombstones.jsonl'), join(copy.data, 'ledger/tombstones.jsonl'))
  const server = start(copy.data)
  const custodian = await enter(await server.ready, 'custodian')
  const findings = new Findings()
  const place = { ask: custodian, footage: join(copy.data, 'footage'), nowMs: copy.nowMs() }
  for (const recording of booked(books)) {
    await judgeRecording(place, books, recording, findings)
  }
  await interrupt(server)
  findings.settle()
  await demandClean(copy.data, env)
}
