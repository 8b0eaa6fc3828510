/**
 * The life of one installation under continuous work: phones deliver, recordings are sealed, two people destroy what is due,
 * copies are made beside it, its footage moves from files to a bucket; and every round it is killed at a random instant,
 * comes back thirteen days later, and is judged. In the end it is judged whole, and its last finished copy restored.
 */
import { join } from 'node:path'
import { makeBackupKey } from '../../apps/server/src/commands/backup-set.ts'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, temporaryData } from '../product.ts'
import { type Crowd, countOf, createCrowd, untilEnded } from './crowd.ts'
import { type Bucket, demandClean, interrupt, judgeCopy, judgeWhole } from './end-of-life.ts'
import { makeSenders } from './fleet-of-phones.ts'
import {
  type Books,
  booked,
  Findings,
  filesOf,
  judgeLeftovers,
  judgeRecording,
  type Place,
  rereadSome,
} from './judge.ts'
import { killNine, launch, type Program, type Ready, type Victim, victims } from './mortal.ts'
import { pause, until } from './pacing.ts'
import { type Dice, diceOf } from './seed.ts'
import { type Ask, enter, workThroughBatches } from './two-people.ts'

export const kinds = ['ingest', 'seal', 'retention', 'move', 'backup'] as const
export type Kind = (typeof kinds)[number]

export type Lived = {
  readonly rounds: Readonly<Record<Kind, number>>
  readonly acknowledged: number
  readonly reread: number
  readonly destroyed: number
  readonly copies: number
  readonly restored: boolean
  /** Objects in the bucket in the end; 0 where there is none. */
  readonly moved: number
}

const phones = 10
const daysARound = 13
/** More than the cooling-off: what is approved before is destroyed after. */
const daysToRipen = 4
/** People need three looks at a pile. */
const approvedWithinMs = 15_000
/** From here on something is due, and destroyed. */
const firstRetention = 7
/** What the dice may not leave out: a life has every kind, and copies to come back from. */
const surely: Readonly<Record<number, Kind>> = {
  1: 'ingest',
  2: 'seal',
  3: 'backup',
  8: 'backup',
  9: 'retention',
  16: 'backup',
  18: 'retention',
}
/** From here on the server is told of the bucket; the next few rounds see it move. */
const firstMove = 10
const lastMove = 14
/** `sereno check` beside the living server is as long as a round; in the end it reads everything. */
const checkedEvery = 4

export async function live(options: {
  readonly seed: string
  readonly rounds: number
  /** Asked when the move begins; null when there is no S3. */
  readonly bucket: () => Promise<Bucket | null>
  readonly say: (line: string) => void
}): Promise<Lived> {
  const { seed, rounds, say } = options
  let bucket: Bucket | null = null
  const data = await temporaryData()
  const elsewhere = await temporaryData()
  const copies = join(elsewhere.folder, 'copies')
  const identity = join(elsewhere.folder, 'identity')
  const recipient = await makeBackupKey(identity)
  const footage = join(data.folder, 'footage')
  const wishes = diceOf(seed, 'holds')
  const wanted = new Map<string, boolean>()
  const books: Books = {
    acknowledged: new Map(),
    stoppedAtMs: new Map(),
    destroyed: new Set(),
    signed: {
      approvedAtMs: new Map(),
      held: new Set(),
      wantsHold(recording) {
        const known = wanted.get(recording) ?? wishes.oneIn(12)
        wanted.set(recording, known)
        return known
      },
    },
  }
  const done: Record<Kind, number> = { ingest: 0, seal: 0, retention: 0, move: 0, backup: 0 }
  let round = 0
  /** How many days the clock of the server is ahead. */
  let day = 0
  let reread = 0
  let port = '0'
  let server: Program | null = null
  let copying: Program | null = null
  let finishedCopies = 0
  /** What was acknowledged, and known to be destroyed, when the last finished copy was begun. */
  let inLastCopy: Books = books
  let crowd: Crowd | null = null
  let custodian: Ask | null = null
  let officer: Ask | null = null

  const nowMs = (): number => Date.now() + day * 86_400_000
  const moves = (): boolean => bucket !== null && round >= firstMove
  const env = (): Readonly<Record<string, string>> => bucket?.env ?? {}
  const serveArgs = (folder: string): readonly string[] => [
    ...['serve', '--data', folder, '--port', port, '--days', String(day), '--haste', '15'],
    ...(moves() && bucket !== null ? ['--footage-s3', bucket.url] : []),
  ]

  async function start(dice: Dice): Promise<Ready> {
    // One start in six is itself killed before it is ready, or soon after.
    if (round > 0 && dice.oneIn(6)) {
      const doomed = launch(serveArgs(data.folder), env())
      await pause(dice.between(50, 2500))
      await killNine(doomed, data.folder, dice.pick<Victim>(['server', 'everything']))
    }
    server = launch(serveArgs(data.folder), env())
    const ready = await server.ready
    port = String(new URL(ready.url).port)
    custodian = await enter(ready, 'custodian')
    officer = await enter(ready, 'data-protection-officer')
    return ready
  }

  /** Phones and people at work until `signal`. */
  function atWork(signal: AbortSignal, pauseMs: number, dice: Dice): Promise<unknown> {
    const people = untilEnded(signal, async () => {
      await pause(60)
      if (custodian !== null && officer !== null) {
        await workThroughBatches(custodian, officer, books.signed, nowMs)
      }
    })
    return Promise.all([crowd?.work(signal, pauseMs, dice), people])
  }

  function beginCopy(): Program {
    const begun = { ...books, acknowledged: new Map(books.acknowledged), destroyed: new Set(books.destroyed) }
    const one = launch(
      ['backup', '--data', data.folder, '--days', String(day), '--to', copies, '--recipient', recipient],
      env(),
    )
    void one.ended.then(({ exitCode, output }) => {
      copying = null
      if (exitCode === 0) {
        finishedCopies += 1
        inLastCopy = begun
      } else if (exitCode !== null) {
        say(`  a copy ended with ${exitCode}: ${/^\w*(Error|Refused|Unavailable).*$/m.exec(output)?.[0] ?? output}`)
      }
    })
    return one
  }

  function needed(): Program {
    if (server === null) {
      throw new Error('no server was started')
    }
    return server
  }

  /** Batches that wait for their day; none when nothing became due in time. */
  async function approvedSoon(): Promise<readonly string[]> {
    for (const deadline = Date.now() + approvedWithinMs; ; await pause(60)) {
      const approved = await batchesIn('approved')
      if (approved.length > 0 || Date.now() > deadline) {
        return approved
      }
    }
  }

  /**
   * The instant: something of the round's kind has just happened, or is happening. Answers what it was: where nothing is
   * due no destruction can be met, and the round is one of ingest.
   */
  async function untilTheInstant(kind: Kind, dice: Dice, rest: () => Promise<void>): Promise<Kind> {
    const before = countOf(books)
    await until(`some work of round ${round}`, async () => countOf(books) - before >= dice.between(4, 20))
    if (kind === 'ingest') {
      await until('more segments', async () => countOf(books) - before >= dice.between(10, 60))
      await pause(dice.between(0, 40))
    } else if (kind === 'seal') {
      const stops = books.stoppedAtMs.size
      await until('a stop', async () => books.stoppedAtMs.size > stops)
      await pause(dice.between(0, 300))
    } else if (kind === 'retention') {
      const approved = await approvedSoon()
      if (approved.length === 0) {
        return 'ingest'
      }
      await rest()
      // Destruction begins as soon as the server is back on the day that was waited for, and takes a second or two.
      await killNine(needed(), data.folder, 'server')
      day = round * daysARound + daysToRipen
      await start(dice)
      await until('a batch that runs', async () =>
        (await batchesIn('running', 'done')).some((id) => approved.includes(id)),
      )
      await pause(dice.between(0, 1500))
    } else if (kind === 'move') {
      const files = (await filesOf(footage)).length
      await until('a file that moved', async () => files === 0 || (await filesOf(footage)).length < files)
      await pause(dice.between(0, 600))
    } else {
      copying ??= beginCopy()
      await Promise.race([copying.ended, pause(dice.between(0, 6000))])
    }
    return kind
  }

  async function playRound(): Promise<void> {
    const dice = diceOf(seed, round)
    const planned = kindOf(dice)
    let kind = planned
    const victim = dice.pick<Victim>([...victims, 'server', 'server', 'server'])
    const stop = new AbortController()
    const work = atWork(stop.signal, planned === 'ingest' ? 0 : 120, dice)
    const rest = async (): Promise<void> => {
      stop.abort()
      await work
      crowd?.remember()
    }
    try {
      kind = await untilTheInstant(planned, dice, rest)
      await killNine(needed(), data.folder, victim)
      if (victim === 'signer' || victim === 'postgres') {
        await pause(dice.between(0, 1500))
        await killNine(needed(), data.folder, 'server')
      }
    } finally {
      await rest()
    }
    done[kind] += 1
    await endCopy(dice)
    round += 1
    day = round * daysARound
    if (round === firstMove) {
      bucket = await options.bucket()
    }
    await start(diceOf(seed, round, 'start'))
    await judge(diceOf(seed, round, 'judge'), `${kind}, ${victim}`)
  }

  // A copy may outlive the server it stood beside; then it holds the folder until it is done, or it is killed as well.
  async function endCopy(dice: Dice): Promise<void> {
    const one = copying
    if (one !== null) {
      if (dice.oneIn(2)) {
        one.child.kill('SIGKILL')
      }
      await one.ended
    }
  }

  function kindOf(dice: Dice): Kind {
    if (moves() && round <= lastMove) {
      return 'move'
    }
    return (
      surely[round] ??
      dice.pick(
        round < firstRetention ? ['ingest', 'seal', 'backup'] : ['ingest', 'seal', 'retention', 'retention', 'backup'],
      )
    )
  }

  async function batchesIn(...states: readonly string[]): Promise<readonly string[]> {
    const { json } = await here().ask('GET /retention/batches')
    const batches = (json.batches ?? []) as readonly { readonly id: string; readonly state: string }[]
    return batches.filter(({ state }) => states.includes(state)).map(({ id }) => id)
  }

  const here = (): Place => {
    if (custodian === null) {
      throw new Error('nobody is at the desk')
    }
    return { ask: custodian, footage, nowMs: nowMs() }
  }

  async function judge(dice: Dice, what: string): Promise<void> {
    const findings = new Findings()
    await crowd?.comeBack(findings)
    const all = booked(books)
    const fresh = all.slice(-2 * phones)
    const older = all.slice(0, -2 * phones)
    const sample = older.length === 0 ? [] : [1, 2, 3, 4, 5, 6].map(() => dice.pick(older))
    for (const recording of new Set([...fresh, ...sample])) {
      await judgeRecording(here(), books, recording, findings)
    }
    const whole = all.filter((recording) => !books.destroyed.has(recording) && books.stoppedAtMs.has(recording))
    for (const recording of whole.length === 0 ? [] : [dice.pick(whole), dice.pick(whole)]) {
      reread += await rereadSome(here(), books, recording, dice, findings)
    }
    judgeLeftovers(await filesOf(footage), books, 'footage', findings)
    findings.settle()
    if (round % checkedEvery === 0) {
      const checked = await command(['check', '--data', data.folder], env())
      findings.demand(checked.exitCode === 0, `sereno check:\n${checked.output}`)
      findings.settle()
    }
    say(
      `  ${new Date().toISOString().slice(11, 19)} ${round} ${what}: ${countOf(books)} acknowledged, ${books.destroyed.size} destroyed, ${finishedCopies} copies`,
    )
  }

  try {
    const ready = await start(diceOf(seed, 'first'))
    const desk = await signIn(ready.url, ready.links.administrator ?? '', fetch)
    crowd = createCrowd(await makeSenders(ready.url, desk, phones, nowMs), books, nowMs)
    while (round < rounds) {
      await playRound()
    }
    if (finishedCopies === 0) {
      // Every one was killed: one in peace, so that no life ends without a restore.
      await beginCopy().ended
    }
    await crowd.finish()
    const moved = await judgeWhole(here(), books, moves() ? bucket : null)
    await interrupt(server)
    await demandClean(data.folder, env())
    if (finishedCopies > 0) {
      const restored = { from: copies, identity, data: join(elsewhere.folder, 'restored'), after: data.folder, nowMs }
      await judgeCopy(restored, inLastCopy, (folder) => launch(serveArgs(folder), env()), env())
    }
    return {
      rounds: done,
      acknowledged: countOf(books),
      reread,
      destroyed: books.destroyed.size,
      copies: finishedCopies,
      restored: finishedCopies > 0,
      moved,
    }
  } finally {
    for (const one of [server, copying] as readonly (Program | null)[]) {
      one?.child.kill('SIGKILL')
    }
    await data.remove()
    await elsewhere.remove()
  }
}
