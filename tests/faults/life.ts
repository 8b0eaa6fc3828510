/**
 * The life of one installation under continuous work: phones deliver, recordings are sealed, two people destroy what is due,
 * copies are made beside it, its footage moves from files to a bucket; and every round it is killed at a random instant,
 * comes back thirteen days later, and is judged. In the end it is judged whole, and its last finished copy restored.
 */
import { join } from 'node:path'
import { makeBackupKey } from '../../apps/server/src/commands/backup-set.ts'
import { signIn } from '../../apps/simulator/src/office.ts'
import { command, temporaryData } from '../product.ts'
import { type Fleet, makeSenders, type Sender } from './fleet-of-phones.ts'
import { type Books, Findings, filesOf, judgeLeftovers, judgeRecording, type Place, rereadSome } from './judge.ts'
import { killNine, launch, type Program, type Ready, type Victim, victims } from './mortal.ts'
import { type Dice, diceOf } from './seed.ts'
import { type Ask, enter, workThroughBatches } from './two-people.ts'

export const kinds = ['ingest', 'seal', 'retention', 'move', 'backup'] as const
export type Kind = (typeof kinds)[number]

/** A bucket of a real S3 that this life moves to. */
export type Bucket = {
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly list: () => Promise<readonly string[]>
}

export type Lived = {
  readonly rounds: Readonly<Record<Kind, number>>
  readonly acknowledged: number
  readonly reread: number
  readonly destroyed: number
  readonly copies: number
  readonly restored: boolean
}

const phones = 6
const daysARound = 13
/** From here on something is due, and destroyed. */
const firstRetention = 7
/** A life has at least these copies to come back from. */
const surelyCopied = [3, 12]
/** From here on the server is told of the bucket; the next few rounds see it move. */
const firstMove = 17
const lastMove = 23
const patienceMs = 240_000
const quietMs = 20
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
  let reread = 0
  let port = '0'
  let server: Program | null = null
  let copying: Program | null = null
  let finishedCopies = 0
  /** What was acknowledged when the last finished copy was begun. */
  let inLastCopy: readonly string[] = []
  let fleet: Fleet | null = null
  let custodian: Ask | null = null
  let officer: Ask | null = null

  const nowMs = (): number => Date.now() + round * daysARound * 86_400_000
  const moves = (): boolean => bucket !== null && round >= firstMove
  const env = (): Readonly<Record<string, string>> => bucket?.env ?? {}
  const serveArgs = (folder: string): readonly string[] => [
    ...['serve', '--data', folder, '--port', port, '--days', String(round * daysARound), '--haste', '15'],
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

  /** Phones, people and copies at work until `signal`. */
  function atWork(signal: AbortSignal, pauseMs: number, dice: Dice): Promise<unknown> {
    const untilKilled = async (work: () => Promise<void>): Promise<void> => {
      while (!signal.aborted) {
        await work().catch(isOfKill)
      }
    }
    const sending = (fleet?.senders ?? []).map((sender) =>
      untilKilled(async () => {
        await pause(pauseMs)
        await (sender.acknowledged().size >= lengthOf(sender, dice) ? end(sender, signal) : sender.sendNext(signal))
        remember(sender)
      }),
    )
    const people = untilKilled(async () => {
      await pause(60)
      if (custodian !== null && officer !== null) {
        await workThroughBatches(custodian, officer, books.signed, nowMs)
      }
    })
    return Promise.all([...sending, people])
  }

  const lengths = new Map<string, number>()
  function lengthOf(sender: Sender, dice: Dice): number {
    const known = lengths.get(sender.recording()) ?? dice.between(3, 14)
    lengths.set(sender.recording(), known)
    return known
  }

  async function end(sender: Sender, signal: AbortSignal): Promise<void> {
    await sender.finish(signal)
    remember(sender)
    sender.begin()
  }

  function remember(sender: Sender): void {
    books.acknowledged.set(sender.recording(), new Map(sender.acknowledged()))
    for (const { kind, recording } of sender.acknowledged().values()) {
      if (kind === 'stop' && !books.stoppedAtMs.has(recording)) {
        books.stoppedAtMs.set(recording, nowMs())
      }
    }
  }

  const count = (): number => [...books.acknowledged.values()].reduce((sum, { size }) => sum + size, 0)

  function beginCopy(): Program {
    const begun = [...books.acknowledged].filter(([, { size }]) => size > 0).map(([recording]) => recording)
    const one = launch(
      ['backup', '--data', data.folder, '--days', String(round * daysARound), '--to', copies, '--recipient', recipient],
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

  /** The instant: something of the round's kind has just happened, or is happening. */
  async function untilTheInstant(kind: Kind, dice: Dice): Promise<void> {
    const before = count()
    await until(`some work of round ${round}`, async () => count() - before >= dice.between(4, 20))
    if (kind === 'ingest') {
      await until('more segments', async () => count() - before >= dice.between(10, 60))
      await pause(dice.between(0, 40))
    } else if (kind === 'seal') {
      const stops = books.stoppedAtMs.size
      await until('a stop', async () => books.stoppedAtMs.size > stops)
      await pause(dice.between(0, 300))
    } else if (kind === 'retention') {
      const running = async (): Promise<boolean> => {
        const { json } = await here().ask('GET /retention/batches')
        return ((json.batches ?? []) as readonly { state: string }[]).some(({ state }) => state === 'running')
      }
      await until('a batch that runs', running, 20_000).catch(() => undefined)
      await pause(dice.between(0, 2500))
    } else if (kind === 'move') {
      const files = (await filesOf(footage)).length
      await until('a file that moved', async () => files === 0 || (await filesOf(footage)).length < files)
      await pause(dice.between(0, 600))
    } else {
      copying ??= beginCopy()
      await Promise.race([copying.ended, pause(dice.between(0, 6000))])
    }
  }

  async function playRound(): Promise<void> {
    const dice = diceOf(seed, round)
    const kind = kindOf(dice)
    const victim = dice.pick<Victim>([...victims, 'server', 'server', 'server'])
    const stop = new AbortController()
    const work = atWork(stop.signal, kind === 'ingest' ? 1 : 120, dice)
    try {
      await untilTheInstant(kind, dice)
      if (server !== null) {
        if (victim === 'signer' || victim === 'postgres') {
          await killNine(server, data.folder, victim)
          await pause(dice.between(0, 1500))
          await killNine(server, data.folder, 'server')
        } else {
          await killNine(server, data.folder, victim)
        }
      }
    } finally {
      stop.abort()
      await work
      fleet?.senders.forEach(remember)
    }
    done[kind] += 1
    await endCopy(dice)
    round += 1
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
    if (surelyCopied.includes(round)) {
      return 'backup'
    }
    return dice.pick(
      round < firstRetention ? ['ingest', 'seal', 'backup'] : ['ingest', 'seal', 'retention', 'retention', 'backup'],
    )
  }

  const here = (): Place => {
    if (custodian === null) {
      throw new Error('nobody is at the desk')
    }
    return { ask: custodian, footage, nowMs: nowMs() }
  }

  async function judge(dice: Dice, what: string): Promise<void> {
    const findings = new Findings()
    for (const sender of fleet?.senders ?? []) {
      await sender.renew()
      // First of all, as a phone does: what was on its way when the server died.
      await sender.resend()
      const repeated = books.destroyed.has(sender.recording()) ? null : await sender.repeat().catch(isGone)
      if (repeated !== null) {
        findings.demand(repeated.again === repeated.first, `${repeated.recording}: the same bytes get another receipt`)
      }
    }
    const all = [...books.acknowledged].filter(([, { size }]) => size > 0).map(([recording]) => recording)
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
      `  ${new Date().toISOString().slice(11, 19)} ${round} ${what}: ${count()} acknowledged, ${books.destroyed.size} destroyed, ${finishedCopies} copies`,
    )
  }

  /** Everything that was begun comes to its end; then nothing is left to a sample. */
  async function judgeWhole(): Promise<void> {
    for (const sender of fleet?.senders ?? []) {
      await sender.finish()
      remember(sender)
    }
    await until('everything is sealed', async () => {
      const states = await Promise.all([...books.stoppedAtMs.keys()].map(stateOf))
      return states.every((state) => state === 'sealed')
    })
    if (bucket !== null && moves()) {
      await until('everything has moved', async () => (await filesOf(footage)).length === 0)
    }
    await until('every batch that runs is done', async () => {
      const { json } = await here().ask('GET /retention/batches')
      const batches = (json.batches ?? []) as readonly { state: string; acta: unknown }[]
      return batches.every(({ state, acta }) => state !== 'running' && (state !== 'done' || acta !== undefined))
    })
    const findings = new Findings()
    for (const recording of books.acknowledged.keys()) {
      await judgeRecording(here(), books, recording, findings)
    }
    judgeLeftovers(await filesOf(footage), books, 'footage', findings)
    if (bucket !== null && moves()) {
      const names = await bucket.list()
      findings.demand(new Set(names).size === names.length, 'the bucket lists an object twice')
      judgeLeftovers(names, books, 'bucket', findings)
    }
    findings.settle()
  }

  async function stateOf(recording: string): Promise<string> {
    const { json } = await here().ask(`GET /recordings/${recording}`)
    return (json.recording as { readonly state?: string } | undefined)?.state ?? ''
  }

  async function interrupt(one: Program | null): Promise<void> {
    one?.child.kill('SIGINT')
    await one?.ended
  }

  async function demandClean(folder: string): Promise<void> {
    const checked = await command(['check', '--data', folder, '--full'], env())
    const findings = new Findings()
    findings.demand(checked.exitCode === 0, `sereno check --full of ${folder}:\n${checked.output}`)
    findings.settle()
  }

  /** The last finished copy, brought back beside it: whole up to its making, and clean. */
  async function judgeCopy(): Promise<void> {
    const folder = join(elsewhere.folder, 'restored')
    const restored = await command(['restore', '--from', copies, '--data', folder, '--identity', identity], env())
    const findings = new Findings()
    findings.demand(restored.exitCode === 0, `sereno restore: ${restored.output}`)
    findings.settle()
    const recovered = await command(['recover', '--data', folder], env())
    findings.demand(recovered.exitCode === 0, `sereno recover: ${recovered.output}`)
    findings.settle()
    const again = launch(serveArgs(folder), env())
    const ready = await again.ready
    const place = { ...here(), ask: await enter(ready, 'custodian'), footage: join(folder, 'footage') }
    for (const recording of inLastCopy) {
      const { status } = await place.ask(`GET /recordings/${recording}`)
      findings.demand(status === 200, `restored: ${recording} is not there (${status})`)
    }
    await interrupt(again)
    findings.settle()
    await demandClean(folder)
  }

  try {
    const ready = await start(diceOf(seed, 'first'))
    const desk = await signIn(ready.url, ready.links.administrator ?? '', fetch)
    fleet = await makeSenders(ready.url, desk, phones, nowMs)
    while (round < rounds) {
      await playRound()
    }
    await judgeWhole()
    await interrupt(server)
    await demandClean(data.folder)
    if (finishedCopies > 0) {
      await judgeCopy()
    }
    return {
      rounds: done,
      acknowledged: count(),
      reread,
      destroyed: books.destroyed.size,
      copies: finishedCopies,
      restored: finishedCopies > 0,
    }
  } finally {
    for (const one of [server, copying] as readonly (Program | null)[]) {
      one?.child.kill('SIGKILL')
    }
    await data.remove()
    await elsewhere.remove()
  }
}

/** While the server is dying everything fails; only a refusal is somebody's mistake. */
function isOfKill(error: unknown): void {
  const status = (error as { readonly status?: number } | null)?.status
  if (status !== undefined && status < 500) {
    throw error
  }
}

/** Its recording was destroyed since. */
function isGone(error: unknown): null {
  if ((error as { readonly status?: number } | null)?.status === 410) {
    return null
  }
  throw error
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function until(what: string, holds: () => Promise<boolean>, limitMs = patienceMs): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds()); ) {
    if (Date.now() > deadline) {
      throw new Error(`it did not come to pass: ${what}`)
    }
    await pause(quietMs)
  }
}
