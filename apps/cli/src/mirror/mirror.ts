import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parseTrust, type Trust } from '@sereno/proof'
import { readIfThere, writeDurably } from '../durable-file.ts'
import { quietExperimental } from '../quiet-warnings.ts'
import { shortKey } from '../short-key.ts'
import { type Audit, auditOnce, type Fetch } from './audit.ts'
import { openCopy } from './copy.ts'
import { findSuccessor, firstDifference } from './follow.ts'
import { auditSentence, type MirrorWords, mirrorWords } from './words.ts'

const usage = 'sereno mirror URL [--trust FILE] [--folder FOLDER] [--every SECONDS] [--full] [--once] [--json] [--en]'
const withinMs = 15_000

/** What can never be right again. */
const lasting: ReadonlySet<Audit['findings'][number]['code']> = new Set(['forked', 'rewritten-leaf', 'not-continued'])

type Rules = Pick<Trust, 'log' | 'witnesses' | 'quorum' | 'previousLogs'>

/**
 * `sereno mirror URL`: follows a log for ever, keeps every leaf, and says in one sentence what went wrong and where.
 * Exit codes with --once: 0 consistent · 1 something is wrong · 2 not reached · 64 a wrong call · 66 a file that cannot be
 * read. Without --once it runs until interrupted, and ends with 1 at the first thing that can never be right again.
 */
export async function mirror(args: readonly string[]): Promise<number> {
  quietExperimental()
  const call = readCall(args)
  if (call === null) {
    console.error(usage)
    return 64
  }
  const words = mirrorWords(call.language)
  const fetchLog = fetchBelow(call.url)
  let rules: Rules | null
  try {
    rules = call.trust === null ? await rulesOfFolder(call.folder, fetchLog, words, call.json) : trustFile(call.trust)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 66
  }
  if (rules === null) {
    console.error(words.unreachable(call.url))
    return 2
  }
  let copy = await openCopy(join(call.folder, rules.log.origin))
  let said = ''
  for (;;) {
    const successor = await findSuccessor(fetchLog, rules.log)
    const before = successor === null ? null : { copy, size: successor.size }
    if (successor !== null) {
      rules = { ...rules, log: { origin: successor.origin, keys: successor.keys } }
      copy = await openCopy(join(call.folder, successor.origin))
      if (call.trust === null) {
        writeDurably(join(call.folder, 'keys.json'), JSON.stringify(rules, null, 2))
      }
      if (!call.json) {
        console.log(words.continued(successor.origin))
      }
    }
    const found = await auditOnce(fetchLog, copy, rules, {
      nowMs: Date.now(),
      full: call.full,
      pick: (below) => (below > 0 ? randomInt(below) : 0),
    })
    const changed =
      before === null || found.findings.length > 0 ? null : firstDifference(before.copy, copy, before.size)
    const audit: Audit =
      changed === null ? found : { ...found, findings: [...found.findings, { code: 'not-continued', index: changed }] }
    const line = call.json ? JSON.stringify(audit) : auditSentence(words, audit)
    if (line !== said || call.once) {
      console.log(call.json ? line : `${new Date().toISOString()} ${line}`)
      said = line
    }
    if (call.once || audit.findings.some(({ code }) => lasting.has(code))) {
      return exitCodeOf(audit)
    }
    await pause(call.everyMs)
  }
}

function exitCodeOf({ findings }: Audit): number {
  if (findings.length === 0) {
    return 0
  }
  return findings.every(({ code }) => code === 'unreachable') ? 2 : 1
}

function fetchBelow(url: string): Fetch {
  const base = `${url.replace(/\/+$/, '').replace(/\/log$/, '')}/log/`
  return async (path) => {
    const response = await fetch(base + path, { signal: AbortSignal.timeout(withinMs) })
    if (response.status === 404) {
      return null
    }
    if (!response.ok) {
      throw new Error(`${response.status} ${path}`)
    }
    return new Uint8Array(await response.arrayBuffer())
  }
}

function trustFile(file: string): Rules {
  const parsed = parseTrust(new Uint8Array(readFileSync(file)))
  if (!parsed.ok) {
    throw new Error(`${file}: ${parsed.code}`)
  }
  return parsed.value
}

// Without a trust file the keys are believed at first sight, and never others after.
async function rulesOfFolder(
  folder: string,
  fetchLog: Fetch,
  words: MirrorWords,
  quiet: boolean,
): Promise<Rules | null> {
  const file = join(folder, 'keys.json')
  const kept = readIfThere(file)
  const known = kept === null ? null : (JSON.parse(Buffer.from(kept).toString('utf8')) as Rules)
  const bytes = await fetchLog('status.json').catch(() => null)
  const status = bytes === null ? null : readStatus(Buffer.from(bytes).toString('utf8'))
  if (known !== null) {
    return known
  }
  if (status === null) {
    return null
  }
  writeDurably(file, JSON.stringify(status, null, 2))
  if (!quiet) {
    console.log([words.keysSeen, ...status.log.keys.map(shortKey)].join('\n'))
  }
  return status
}

function readStatus(text: string): Rules | null {
  const status = JSON.parse(text) as {
    readonly origin?: unknown
    readonly vkeys?: unknown
    readonly quorum?: unknown
    readonly witnesses?: readonly {
      readonly name: string
      readonly vkeys: readonly string[]
      readonly municipal: boolean
    }[]
  }
  if (typeof status.origin !== 'string' || !Array.isArray(status.vkeys)) {
    return null
  }
  const quorum = Number(status.quorum ?? 0)
  return {
    log: { origin: status.origin, keys: status.vkeys.filter((vkey) => typeof vkey === 'string') },
    witnesses: (status.witnesses ?? [])
      .filter(({ municipal }) => !municipal)
      .map(({ name, vkeys }) => ({ name, keys: vkeys })),
    ...(quorum > 0 ? { quorum } : {}),
  }
}

function readCall(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        folder: { type: 'string' },
        every: { type: 'string', default: '15' },
        full: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        en: { type: 'boolean', default: false },
      },
    })
    const [url] = positionals
    const everyMs = Number(values.every) * 1000
    if (url === undefined || positionals.length > 1 || !URL.canParse(url) || !(everyMs > 0)) {
      return null
    }
    return {
      url,
      trust: values.trust ?? null,
      folder: values.folder ?? join(homedir(), '.sereno-mirror', new URL(url).host.replace(':', '-')),
      everyMs,
      full: values.full,
      once: values.once,
      json: values.json,
      language: values.en ? ('en' as const) : ('es' as const),
    }
  } catch {
    return null
  }
}
