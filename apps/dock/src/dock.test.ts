import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bytesSource, parseTrust, type Trust, verifyPackage } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ask, type IntakeHouse, openIntakeHouse, until } from '../../server/src/modules/intake/intake.test-kit.ts'
import { hasEnd } from './complete-file.ts'

const clip = path.join(import.meta.dirname, '../../simulator/clips/cruce.mp4')
const main = path.join(import.meta.dirname, 'main.ts')
const folder = mkdtempSync(path.join(os.tmpdir(), 'sereno-dock-'))
const state = path.join(folder, 'state')
let house: IntakeHouse
let office: Ask
let custodian: Ask

type Event = {
  readonly event: string
  readonly file: string
  readonly sha256: string
  readonly recording: string
  readonly erased: boolean
}

/** The dock as a person starts it: a process of its own. */
async function dock(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly events: readonly Event[]; readonly text: string }> {
  const child = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    main,
    ...args,
    '--state',
    state,
    '--json',
  ])
  let text = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    complaint += piece
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('{"event"'))
    .map((line) => JSON.parse(line) as Event)
  return { code, events: events.filter(({ event }) => event !== 'progress'), text: text + complaint }
}

function file(name: string, bytes: Uint8Array): string {
  const target = path.join(folder, 'card', name)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, bytes)
  return target
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  house = await openIntakeHouse()
  await house.listen()
  office = await house.person('administrator')
  custodian = await house.person('custodian')
  const enrolment = await office('POST /devices/enrolments', { kind: 'dock' })
  const enrolled = await dock('enrol', String(enrolment.json.url))
  expect(enrolled.code, enrolled.text).toBe(0)
}, 60_000)

afterAll(async () => {
  await house.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a file becomes a recording that plays, is sealed, packed and verified by anybody', async () => {
  const name = 'VID_20261120_101112.mp4'
  const source = path.join(folder, 'card', name)
  mkdirSync(path.dirname(source), { recursive: true })
  copyFileSync(clip, source)
  const { code, events, text } = await dock('import', source)
  expect(code, text).toBe(0)
  const bytes = readFileSync(source)
  const [kept] = events
  expect(kept).toMatchObject({ event: 'kept', sha256: sha256(bytes), erased: false })
  const recording = kept?.recording ?? ''

  await until(async () => {
    await house.tick()
    const { json } = await custodian(`GET /recordings/${recording}`)
    return (json.recording as { state: string }).state === 'sealed'
  }, 'the seal')
  const shown = (await custodian(`GET /recordings/${recording}`)).json as Record<string, never>
  expect(shown.recording).toMatchObject({ shape: 'files', quarantined: false, device: { simulated: false } })
  const files = (await custodian(`GET /recordings/${recording}/files`)).json.files as readonly Record<string, unknown>[]
  expect(files).toMatchObject([{ name, sha256: sha256(bytes), role: 'video', container: 'mp4', shown: 'original' }])

  const look = await custodian(`POST /recordings/${recording}/looks`, { purpose: 'audit', reference: 'A-1' })
  expect(look.status, JSON.stringify(look.json)).toBe(200)
  const whole = await custodian(`GET /looks/${look.json.look}/files/0`)
  expect(sha256(whole.bytes)).toBe(sha256(bytes))
  const part = await custodian(`GET /looks/${look.json.look}/files/0`, undefined, { range: 'bytes=1000-1999' })
  expect(part.status).toBe(206)
  expect(Buffer.from(part.bytes).equals(bytes.subarray(1000, 2000))).toBe(true)

  const made = await custodian(`POST /recordings/${recording}/exports`, {
    purpose: 'request',
    reference: 'CF-1',
    positions: true,
  })
  expect(made.status, JSON.stringify(made.json)).toBe(200)
  const packed = await custodian(`GET ${String(made.json.url).replace('/api', '')}`)
  const verified = await verifyPackage(bytesSource(packed.bytes), { trust: await trust(), sha256: incremental })
  expect(verified.checks.filter(({ status }) => status === 'failed')).toEqual([])
  expect(verified.result).toBe('holds')
  const flipped = Uint8Array.from(packed.bytes)
  const at = Buffer.from(flipped).indexOf(bytes.subarray(5_000, 5_064))
  flipped[at] = (flipped[at] ?? 0) ^ 1
  const spoiled = await verifyPackage(bytesSource(flipped), { trust: await trust() })
  expect(spoiled.result).toBe('fails')
  expect(
    spoiled.checks.some(({ id, status, segment }) => id === 'segment-hash' && status === 'failed' && segment === 0),
  ).toBe(true)
  expect(await house.findings()).toEqual([])
}, 60_000)

test('the same bytes under another name are not sent again, and the source goes only when it is told to', async () => {
  const again = path.join(folder, 'card', 'copia.mp4')
  copyFileSync(clip, again)
  const kept = await dock('import', again)
  expect(kept.events).toMatchObject([{ event: 'known', sha256: sha256(readFileSync(again)), erased: false }])
  expect(existsSync(again)).toBe(true)
  const erased = await dock('import', again, '--erase-after-receipt')
  expect(erased.events).toMatchObject([{ erased: true }])
  expect(existsSync(again)).toBe(false)
}, 60_000)

test('what nobody can read is kept whole and named unreadable', async () => {
  const bytes = randomBytes(300_000)
  const { events, text } = await dock('import', file('camara-vieja.h264x', bytes))
  expect(events, text).toMatchObject([{ event: 'kept', sha256: sha256(bytes) }])
  const unreadable = (await office('GET /intake')).json.unreadable as readonly Record<string, unknown>[]
  expect(unreadable).toMatchObject([{ name: 'camara-vieja.h264x', sha256: sha256(bytes), sizeBytes: 300_000 }])
}, 60_000)

test('kill -9 in mid-file, again and again: it goes on where it was, and the bytes are the same', async () => {
  const bytes = randomBytes(72 * 1024 * 1024 + 12_345)
  const source = file('larga.mp4', bytes)
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, [main, 'import', source, '--state', state, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    // At the second word of progress: some blocks are there, others are on their way.
    let words = 0
    child.stdout.on('data', () => {
      words += 1
      if (words === 2 + round) {
        child.kill('SIGKILL')
      }
    })
    await exited
  }
  const { code, events, text } = await dock('import', source)
  expect(code, text).toBe(0)
  expect(events).toMatchObject([{ event: 'kept', sha256: sha256(bytes) }])
  expect(await house.findings()).toEqual([])
}, 120_000)

test('a file without its end is not finished; with it, it is', async () => {
  const whole = path.join(folder, 'whole.mp4')
  copyFileSync(clip, whole)
  expect(await hasEnd(whole)).toBe(true)
  truncateSync(whole, readFileSync(clip).length - 100)
  expect(await hasEnd(whole)).toBe(false)
})

function incremental() {
  const whole = createHash('sha256')
  return { update: (bytes: Uint8Array) => void whole.update(bytes), digest: () => whole.digest('hex') }
}

async function trust(): Promise<Trust> {
  const parsed = parseTrust((await custodian('GET /trust.json')).bytes)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}
