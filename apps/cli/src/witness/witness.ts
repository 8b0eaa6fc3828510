import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readVkey } from '@sereno/proof'
import { quietExperimental } from '../quiet-warnings.ts'
import { shortKey } from '../short-key.ts'
import { createCosigner } from './cosigner.ts'
import { type Followed, followOnce } from './follow.ts'
import { openWitnessKeys } from './keys.ts'
import { type KnownLog, openMemory } from './memory.ts'
import { serveWitness } from './serve.ts'
import { followedSentence, type WitnessWords, witnessWords } from './words.ts'

const usage = `sereno witness --log URL-OR-VKEY … [--name NAME] [--folder FOLDER] [--listen HOST:PORT] [--every SECONDS] [--once] [--en]`
const defaultListen = '127.0.0.1:8425'
const alarms: ReadonlySet<Followed['told']> = new Set(['shrank', 'forked', 'bad-signature'])

/**
 * `sereno witness --log URL`: cosigns what grows and nothing else. No account: keys are made at the first run. A log named
 * by its address is fetched from (nobody needs to reach this machine); one named by its key asks over HTTP.
 * Exit codes with --once: 0 attested or nothing new · 1 the log went back, forked or is not signed · 2 not reached ·
 * 64 a wrong call. Without it runs until interrupted.
 */
export async function witness(args: readonly string[]): Promise<number> {
  quietExperimental()
  const call = readCall(args)
  if (call === null) {
    console.error(usage)
    return 64
  }
  const words = witnessWords(call.language)
  const memory = openMemory(call.folder)
  const keys = await openWitnessKeys(call.folder, call.name)
  console.log([words.who(keys.name), ...keys.vkeys.map((vkey) => `  ${vkey}`)].join('\n'))
  for (const named of call.logs) {
    const log = named.startsWith('http') ? await byAddress(named, memory.logs(), words) : byKey(named, memory.logs())
    if (log === null) {
      console.error(`${words.unreachable} (${named})`)
      return 2
    }
    memory.keep(log)
  }
  for (const { origin, memory: kept } of memory.logs()) {
    console.log(words.log(origin, kept?.size ?? 0))
  }
  const cosigner = createCosigner(keys, memory, () => Date.now())
  const handedIn = new Set<string>()
  const said = new Map<string, string>()

  async function round(): Promise<number> {
    let worst = 0
    for (const log of memory.logs()) {
      if (log.url !== null) {
        const followed = await followOnce({ ...log, url: log.url }, cosigner, memory, handedIn)
        worst = Math.max(
          worst,
          alarms.has(followed.told) ? 3 : ['cosigned', 'nothing-new', 'continued'].includes(followed.told) ? 0 : 2,
        )
        if (followed.told === 'continued') {
          const { origin, keys } = followed.successor
          memory.keep({ ...log, url: null })
          memory.keep({ origin, vkeys: keys, url: log.url, memory: null })
        }
        if (followed.told === 'cosigned') {
          handedIn.add(`${log.origin} ${followed.size}`)
        }
        const sentence = followedSentence(words, followed)
        if (sentence !== null && said.get(log.origin) !== sentence) {
          console.log(`${new Date().toISOString()} ${sentence}`)
          said.set(log.origin, sentence)
        }
      }
    }
    return worst === 3 ? 1 : worst
  }

  if (call.once) {
    return round()
  }
  await listen(
    call.listen,
    serveWitness(cosigner, (answer) => {
      if (answer.status === 200) {
        console.log(`${new Date().toISOString()} ${words.cosigned(answer.size)}`)
      }
    }),
    words,
  )
  for (;;) {
    await round()
    await pause(call.everyMs)
  }
}

async function listen(address: string, server: ReturnType<typeof serveWitness>, words: WitnessWords): Promise<void> {
  const split = address.lastIndexOf(':')
  await new Promise<void>((resolve) => {
    server.once('error', () => {
      console.log(words.notListening(address))
      resolve()
    })
    server.listen(Number(address.slice(split + 1)), address.slice(0, split), () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0
      console.log(words.listening(`http://${address.slice(0, split)}:${port}`))
      resolve()
    })
  })
}

/** The keys of a log are believed at first sight, and never others after. */
async function byAddress(url: string, known: readonly KnownLog[], words: WitnessWords): Promise<KnownLog | null> {
  const address = url.replace(/\/+$/, '').replace(/\/log$/, '')
  const before = known.find((log) => log.url === address)
  if (before !== undefined) {
    return before
  }
  try {
    const response = await fetch(`${address}/log/status.json`, { signal: AbortSignal.timeout(10_000) })
    const status = (await response.json()) as { readonly origin?: unknown; readonly vkeys?: unknown }
    const vkeys = Array.isArray(status.vkeys) ? status.vkeys.filter((vkey) => typeof vkey === 'string') : []
    if (typeof status.origin !== 'string' || vkeys.length === 0) {
      return null
    }
    const same = known.find((log) => log.origin === status.origin)
    if (same !== undefined) {
      return { ...same, url: address }
    }
    console.log([words.firstSeen, ...vkeys.map(shortKey)].join('\n'))
    return { origin: status.origin, vkeys, url: address, memory: null }
  } catch {
    return null
  }
}

function byKey(vkey: string, known: readonly KnownLog[]): KnownLog | null {
  const read = readVkey(vkey)
  if (read === null) {
    return null
  }
  const before = known.find(({ origin }) => origin === read.name)
  const vkeys = [...new Set([...(before?.vkeys ?? []), vkey])]
  return { origin: read.name, url: before?.url ?? null, memory: before?.memory ?? null, vkeys }
}

function readCall(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        log: { type: 'string', multiple: true, default: [] },
        name: { type: 'string' },
        folder: { type: 'string' },
        listen: { type: 'string', default: defaultListen },
        every: { type: 'string', default: '5' },
        once: { type: 'boolean', default: false },
        en: { type: 'boolean', default: false },
      },
    })
    const everyMs = Number(values.every) * 1000
    const isName = values.name === undefined || /^[^\s+\p{C}]{1,200}$/u.test(values.name)
    if (!(everyMs > 0) || !isName || !/^.+:\d{1,5}$/.test(values.listen)) {
      return null
    }
    return {
      logs: values.log,
      name: values.name ?? null,
      folder: values.folder ?? join(homedir(), '.sereno-witness'),
      listen: values.listen,
      everyMs,
      once: values.once,
      language: values.en ? ('en' as const) : ('es' as const),
    }
  } catch {
    return null
  }
}
