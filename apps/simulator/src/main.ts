import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi } from './api.ts'
import { type Clip, readClip } from './clip.ts'
import { play, readGiven } from './demonstration.ts'
import { type Figures, newFigures } from './figures.ts'
import { weathered } from './network.ts'
import { type Desk, exportPackage, prepare, sealed, signIn } from './office.ts'
import { type Options, readOptions, usage } from './options.ts'
import { enrol, type Phone, wake } from './phone.ts'
import { localLink, startServer } from './server-of-the-run.ts'
import { stateFile } from './state.ts'
import { follow, readGpx, wander } from './walk.ts'

const clips = ['calle-noche', 'moto-noche', 'calle-tarde', 'cruce'].map((name) =>
  join(import.meta.dirname, '../clips', `${name}.mp4`),
)
const wakenAtOnce = 8
const nowMs = () => Date.now()
const bytes = (count: number): Uint8Array => new Uint8Array(randomBytes(count))
const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

async function loadClips(options: Options): Promise<readonly Clip[]> {
  return Promise.all((options.video ? [options.video] : clips).map(readClip))
}

/** Wakes one phone: its weather, its walk, its memory; enrols it when it is new. */
async function wakeOne(
  url: string,
  options: Options,
  one: {
    readonly index: number
    readonly name: string
    readonly token: string | null
    readonly ring: readonly (readonly [number, number])[]
    readonly clip: Clip
    readonly figures: Figures
  },
): Promise<Phone> {
  const weather = {
    loss: options.loss,
    offline: options.offline,
    phaseMs: one.index * 7919,
    random: Math.random,
    nowMs,
  }
  let token = ''
  const headers = (): Record<string, string> => (token ? { authorization: `Device ${token}` } : {})
  const reliable = createApi(url, fetch, headers)
  const api = createApi(url, weathered(fetch, weather), headers)
  const file = await stateFile(options.stateFolder, one.name)
  const state = file.read() ?? (one.token ? await enrol(reliable, file, one.token, bytes) : null)
  if (!state) {
    throw new Error(`${one.name} has no key here and no enrolment.`)
  }
  const walker = options.track
    ? follow(readGpx(await readFile(options.track, 'utf8')), nowMs())
    : wander(one.ring, { speedMps: one.index % 3 === 1 ? 6 : 1.3, random: Math.random, startMs: nowMs() })
  return wake(state, {
    api,
    file,
    figures: one.figures,
    walker,
    clip: one.clip,
    nowMs,
    monotonicMs: () => performance.now(),
    random: Math.random,
    bytes,
    uuid: randomUUID,
    setToken: (next) => {
      token = next
    },
  })
}

function keepBeating(phones: readonly Phone[], signal: AbortSignal): Promise<unknown> {
  return Promise.all(
    phones.map(async (phone, index) => {
      await delay((index * 37) % 1000, undefined, { signal }).catch(() => undefined)
      while (!signal.aborted) {
        await phone.beat().catch(() => undefined)
        await delay(1000, undefined, { signal }).catch(() => undefined)
      }
    }),
  )
}

function clipOf(loaded: readonly Clip[], index: number): Clip {
  const clip = loaded[index % loaded.length]
  if (!clip) {
    throw new Error('there is no clip')
  }
  return clip
}

async function demonstrate(options: Options, stop: AbortController): Promise<void> {
  const figures = newFigures()
  const [{ phones: given }, loaded] = await Promise.all([readGiven(), loadClips(options)])
  const url = options.url ?? ''
  const wakeGiven = async (index: number): Promise<Phone | null> => {
    const one = given[index]
    if (!one) {
      return null
    }
    const { code, token, pin, ring } = one
    try {
      const clip = clipOf(loaded, index)
      const phone = await wakeOne(url, options, { index, name: code, token, ring, clip, figures })
      if (pin !== null) {
        await phone.startShift(pin)
      }
      return phone
    } catch (error) {
      say(`${code}: ${String(error)}`)
      return null
    }
  }
  const phones: Phone[] = []
  for (let from = 0; from < given.length && !stop.signal.aborted; from += wakenAtOnce) {
    const group = await Promise.all(Array.from({ length: wakenAtOnce }, (_, i) => wakeGiven(from + i)))
    phones.push(...group.filter((phone) => phone !== null))
  }
  figures.phones = phones.length
  const beating = keepBeating(phones, stop.signal)
  await play(phones, {
    random: Math.random,
    acknowledgedBytes: () => figures.bytesAcknowledged,
    signal: stop.signal,
    say,
  })
  await beating
  await Promise.all(phones.map((phone) => phone.close()))
}

async function simulate(options: Options, stop: AbortController): Promise<Figures> {
  const figures = newFigures()
  const server = options.url || options.data ? null : await startServer()
  const url = options.url ?? server?.url ?? 'http://127.0.0.1:8420'
  const linkFor = async (role: string): Promise<string> =>
    server?.links[role] ?? (role === 'administrator' ? options.link : null) ?? (await localLink(role, options.data))
  try {
    say(`${options.devices} phones, ${options.minutes} min, towards ${url}`)
    const desk = await signIn(url, await linkFor('administrator'), fetch)
    const custodian: Desk | null = options.exportFolder ? await signIn(url, await linkFor('custodian'), fetch) : null
    const loaded = await loadClips(options)
    const prepared = await prepare(desk, options.devices, `SIM-${Date.now().toString(36).slice(-4).toUpperCase()}-`)
    const phones: Phone[] = []
    for (const [index, { token, ring, issue }] of prepared.entries()) {
      const phone = await wakeOne(url, options, {
        index,
        name: `phone-${index + 1}`,
        token,
        ring,
        clip: clipOf(loaded, index),
        figures,
      })
      await phone.startShift(await issue(phone.device))
      phones.push(phone)
    }
    figures.phones = phones.length
    const beating = keepBeating(phones, stop.signal)
    const recordings = await Promise.all(phones.map((phone) => phone.start()))
    say(`recording: ${recordings.length}`)
    await delay(options.minutes * 60_000, undefined, { signal: stop.signal }).catch(() => undefined)
    await Promise.all(phones.map((phone) => phone.stop('officer')))
    say('stopped; waiting for the uploads')
    const left = await Promise.all(phones.map((phone) => phone.uploads.drained(10 * 60_000)))
    stop.abort()
    await beating
    if (custodian && options.exportFolder) {
      for (const recording of recordings) {
        if (await sealed(custodian, recording, nowMs() + 90_000, nowMs)) {
          say(await exportPackage(custodian, recording, options.exportFolder))
          figures.exported += 1
        } else {
          say(`${recording} was not sealed in time; its package was not made`)
        }
      }
    }
    // Off duty, so that nobody looks for them: a phone on shift that falls silent is an alarm.
    await Promise.all(phones.map((phone) => phone.endShift().catch(() => undefined)))
    await Promise.all(phones.map((phone) => phone.close()))
    if (left.some((waiting) => waiting > 0)) {
      process.exitCode = 1
    }
    return figures
  } finally {
    await server?.stop()
  }
}

async function main(): Promise<void> {
  let options: Options
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort())
  }
  if (options.demonstration) {
    await demonstrate(options, stop)
    return
  }
  const figures = await simulate(options, stop)
  if (options.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } else {
    for (const [name, value] of Object.entries(figures)) {
      process.stdout.write(`${name.padEnd(22)} ${typeof value === 'object' ? JSON.stringify(value) : value}\n`)
    }
  }
}

await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
