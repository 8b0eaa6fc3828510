/** Tries each container in turn. Runs inside the sandboxed child; tests call it directly. */
import { type Facts, mostPositions, type Reader } from './facts.ts'
import type { Gpmf } from './gpmf.ts'
import { readMatroska } from './matroska.ts'
import { type Mp4, readMp4 } from './mp4.ts'
import { readAvi, readTransport } from './streams.ts'

export type ReadGpmf = (samples: Mp4['gpmf']) => Promise<Gpmf>

/**
 * Null: no container that is known here. `soFar` hears what is known before telemetry is read: hostile telemetry may keep
 * its reader busy until it is stopped.
 */
export async function readFacts(
  reader: Reader,
  readGpmf: ReadGpmf,
  soFar: (facts: Facts) => void = () => undefined,
): Promise<Facts | null> {
  const mp4 = await readMp4(reader)
  if (mp4 !== null) {
    const { gpmf, ...facts } = mp4
    if (gpmf.length === 0) {
      return facts
    }
    soFar(facts)
    const told = await readGpmf(gpmf).catch(() => null)
    return told === null ? facts : withTelemetry(facts, told)
  }
  return (await readMatroska(reader)) ?? (await readAvi(reader)) ?? (await readTransport(reader))
}

function withTelemetry(facts: Facts, { model, positions }: Gpmf): Facts {
  return {
    ...facts,
    model: facts.model ?? model,
    positions: positions.length === 0 ? facts.positions : positions.slice(0, mostPositions),
  }
}
