/** Tries each container in turn. Runs inside the sandboxed child; tests call it directly. */
import { type Facts, type FoundPosition, mostPositions, type Reader } from './facts.ts'
import { readMatroska } from './matroska.ts'
import { type Mp4, readMp4 } from './mp4.ts'
import { readAvi, readTransport } from './streams.ts'

export type ReadGpmf = (samples: Mp4['gpmf']) => Promise<readonly FoundPosition[]>

/** Null: no container that is known here. */
export async function readFacts(reader: Reader, readGpmf: ReadGpmf): Promise<Facts | null> {
  const mp4 = await readMp4(reader)
  if (mp4 !== null) {
    const { gpmf, ...facts } = mp4
    const positions = gpmf.length === 0 ? [] : await readGpmf(gpmf).catch(() => [])
    return positions.length === 0 ? facts : { ...facts, positions: positions.slice(0, mostPositions) }
  }
  return (await readMatroska(reader)) ?? (await readAvi(reader)) ?? (await readTransport(reader))
}
