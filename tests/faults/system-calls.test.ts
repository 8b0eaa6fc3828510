import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signIn } from '../../apps/simulator/src/office.ts'
import { type Product, startProduct, temporaryData } from '../product.ts'
import { makeSenders } from './fleet-of-phones.ts'

// A killed process does not lose the page cache, so killing cannot show that bytes were forced to the disk. The trace can.

let data: Awaited<ReturnType<typeof temporaryData>>
let product: Product

beforeAll(async () => {
  data = await temporaryData()
  product = await startProduct({ data: data.folder })
})
afterAll(async () => {
  await product?.interrupt()
  await data?.remove()
})

test('file fsync, folder fsync and commit come before each 2xx', async () => {
  const desk = await signIn(product.url, product.links.administrator ?? '', fetch)
  const { senders } = await makeSenders(product.url, desk, 1)
  const [sender] = senders
  if (!sender) {
    throw new Error('no sender')
  }
  const file = join(data.folder, 'trace.txt')
  const strace = spawn(
    'strace',
    [
      '-f',
      // Names behind descriptors: whose bytes were flushed is part of what is proved.
      '-y',
      '-s',
      '400',
      '-o',
      file,
      '-e',
      'trace=%file,fsync,fdatasync,write,writev,sendto,sendmsg,read,recvfrom',
      '-p',
      String(product.process.pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (chunk: Uint8Array) => {
      if (new TextDecoder().decode(chunk).includes('attached')) {
        resolve()
      }
    })
    strace.once('exit', () => reject(new Error('strace did not attach')))
  })
  const rounds = 5
  for (let i = 0; i < rounds; i += 1) {
    await sender.sendNext(new AbortController().signal)
  }
  expect(sender.acknowledged().size).toBe(rounds)
  strace.kill('SIGINT')
  await new Promise((resolve) => strace.once('exit', resolve))

  const answers = split(await readFile(file, 'utf8'))
  expect(answers.length).toBe(rounds)
  const takesDirect = directTransfers(data.folder)
  if (!takesDirect) {
    console.warn('not checked: this file system takes no direct transfers, so footage went through its cache')
  }
  for (const lines of answers) {
    const stored = lines.findIndex((line) => /openat\((?!.*\/init\/).*footage.*O_CREAT/.test(line))
    if (takesDirect) {
      expect(lines[stored]).toMatch(/O_DIRECT/)
    }
    const fileSync = done(lines, stored, /(fsync|fdatasync)\(\d+<(?![^>]*\/init\/)[^>]*footage[^>]*\/\.new-/)
    const renamed = done(lines, fileSync, /rename.*footage/)
    const folderSync = done(lines, renamed, /fsync\(\d+<[^>]*footage(?![^>]*\.new-)/)
    const committed = after(
      lines,
      folderSync,
      /(read|recvfrom)\(.*COMMIT\\0|<\.\.\. (read|recvfrom) resumed>.*COMMIT\\0/,
    )
    expect({
      stored: stored >= 0,
      fileSync: fileSync > stored,
      renamed: renamed > fileSync,
      folderSync: folderSync > renamed,
      committed: committed > folderSync,
    }).toEqual({
      stored: true,
      fileSync: true,
      renamed: true,
      folderSync: true,
      committed: true,
    })
  }
})

/** The trace cut at each answered upload: what happened between one answer's bytes and the next one's. */
function split(trace: string): string[][] {
  const parts: string[][] = [[]]
  for (const line of trace.split('\n')) {
    parts.at(-1)?.push(line)
    if (/(write|writev|sendto|sendmsg)\(.*HTTP\/1\.1 20[01]/.test(line)) {
      parts.push([])
    }
  }
  return parts.slice(0, -1).filter((lines) => lines.some((line) => /openat\(.*footage/.test(line)))
}

function directTransfers(folder: string): boolean {
  try {
    closeSync(openSync(join(folder, 'direct'), constants.O_CREAT | constants.O_WRONLY | constants.O_DIRECT))
    return true
  } catch {
    return false
  }
}

/** Where a call after `from` has returned 0, also when other threads' calls stand between its two lines. */
function done(lines: readonly string[], from: number, call: RegExp): number {
  const begun = after(lines, from, call)
  const line = lines[begun] ?? ''
  if (!line.includes('<unfinished ...>')) {
    return / = 0$/.test(line) ? begun : -1
  }
  const [thread = ''] = line.split(' ')
  const resumed = after(lines, begun, new RegExp(`^${thread} .*resumed>`))
  return / = 0$/.test(lines[resumed] ?? '') ? resumed : -1
}

function after(lines: readonly string[], from: number, pattern: RegExp): number {
  return from < 0 ? -1 : lines.findIndex((line, index) => index > from && pattern.test(line))
}
