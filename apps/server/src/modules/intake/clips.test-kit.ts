/** Short films by the machine's ffmpeg, and how tests read them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import type { Facts, Reader } from './probe/facts.ts'
import { readGpmf } from './probe/gpmf.ts'
import { type ReadGpmf, readFacts } from './probe/read-facts.ts'

export const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'] as const
/** What no browser plays. */
export const avi = ['-c:v', 'mpeg4', '-c:a', 'pcm_s16le'] as const

export type Clips = {
  readonly folder: string
  /** Two seconds of test picture and tone in a container. */
  readonly clip: (name: string, ...args: readonly string[]) => Uint8Array
  /** Another file of these, by ffmpeg's arguments before its name. */
  readonly made: (name: string, ...args: readonly string[]) => Uint8Array
  readonly write: (name: string, content: string | Uint8Array) => string
  readonly clear: () => void
}

export function openClips(): Clips {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sereno-intake-'))
  const made: Clips['made'] = (name, ...args) => {
    const file = path.join(folder, name)
    expect(spawnSync('ffmpeg', ['-y', '-loglevel', 'error', ...args, file], { encoding: 'utf8' }).stderr).toBe('')
    return readFileSync(file)
  }
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=2']
  const tone = ['-f', 'lavfi', '-i', 'sine=duration=2']
  return {
    folder,
    made,
    clip: (name, ...args) => made(name, ...picture, ...tone, ...args),
    write(name, content) {
      const file = path.join(folder, name)
      writeFileSync(file, content)
      return file
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function factsOf(bytes: Uint8Array, telemetry: ReadGpmf = readGpmf): Promise<Facts | null> {
  const reader: Reader = {
    sizeBytes: bytes.length,
    read: async (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
  }
  return readFacts(reader, telemetry)
}
