import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Linux's unit of process time: sysconf(_SC_CLK_TCK), 100 on every architecture Node runs on. */
const ticksPerSecond = 100

type Stat = { readonly pid: number; readonly parent: number; readonly cpuTicks: number }

/**
 * Every process of a running product: the main one, its children, and PostgreSQL with its backends, which `pg_ctl`
 * has made its own session. Backends that end meanwhile are counted by their postmaster (`cutime`).
 */
export function processesOf(mainPid: number, dataFolder: string): readonly number[] {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)))
  const found = new Set([mainPid, postmasterOf(dataFolder)].filter((pid) => pid > 1))
  for (let before = 0; before !== found.size; ) {
    before = found.size
    for (const { pid, parent } of stats) {
      if (found.has(parent)) {
        found.add(pid)
      }
    }
  }
  return [...found].filter((pid) => stats.some((stat) => stat.pid === pid))
}

/** CPU seconds, user and system, that these processes and their ended children have used. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.flatMap(statOf).reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / ticksPerSecond
}

/** Proportional set size in bytes: shared pages are divided among those who share them. */
export function pssOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]
    return sum + Number(kilobytes ?? 0) * 1024
  }, 0)
}

export function nameOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 90)
}

function postmasterOf(dataFolder: string): number {
  return Number(read(join(dataFolder, 'postgres/postmaster.pid')).split('\n')[0] ?? 0)
}

function statOf(pid: number): readonly Stat[] {
  const text = read(`/proc/${pid}/stat`)
  // proc(5): the second field is the name in brackets and may hold anything; what follows is plain.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 15) {
    return []
  }
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
  return [{ pid, parent: Number(fields[1]), cpuTicks: ticks }]
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
