import { join } from 'node:path'
import { fromHex, toHex, type WitnessMemory } from '@sereno/proof'
import { readIfThere, writeDurably } from '../durable-file.ts'

/** What a witness knows of a log: its keys, as first seen or as given, and the largest tree it has cosigned. */
export type KnownLog = {
  readonly origin: string
  readonly vkeys: readonly string[]
  /** Where it is fetched from; null for one that only asks. */
  readonly url: string | null
  readonly memory: WitnessMemory | null
}

export type Memory = {
  readonly logs: () => readonly KnownLog[]
  readonly find: (origin: string) => KnownLog | null
  /** Fsynced when it returns: before a cosignature goes out. */
  readonly keep: (log: KnownLog) => void
}

type Line = {
  readonly origin: string
  readonly vkeys: readonly string[]
  readonly url: string | null
  readonly size: number | null
  readonly root: string | null
}

export function openMemory(folder: string): Memory {
  const file = join(folder, 'logs.json')
  const logs = new Map(read(file).map((log) => [log.origin, log]))
  return {
    logs: () => [...logs.values()],
    find: (origin) => logs.get(origin) ?? null,
    keep(log) {
      logs.set(log.origin, log)
      const lines = [...logs.values()].map(
        ({ origin, vkeys, url, memory }): Line => ({
          origin,
          vkeys,
          url,
          size: memory?.size ?? null,
          root: memory === null ? null : toHex(memory.root),
        }),
      )
      writeDurably(file, `${JSON.stringify(lines, null, 2)}\n`)
    },
  }
}

function read(file: string): readonly KnownLog[] {
  const bytes = readIfThere(file)
  if (bytes === null) {
    return []
  }
  const lines = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly Line[]
  return lines.map(({ origin, vkeys, url, size, root }) => {
    const hash = root === null ? null : fromHex(root)
    if (typeof origin !== 'string' || !Array.isArray(vkeys) || (size !== null && hash?.length !== 32)) {
      throw new Error(`${file} is damaged; restore it from a backup.`)
    }
    return { origin, vkeys, url, memory: size === null || hash === null ? null : { size, root: hash } }
  })
}
