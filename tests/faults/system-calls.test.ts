import { spawn } from 'node:child_process'
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
  for (const lines of answers) {
    const stored = lines.findIndex((line) => /openat\(.*footage/.test(line) && /O_CREAT/.test(line))
    const fileSync = after(
      lines,
      stored,
      /(fsync|fdatasync)(\(| +resumed).*= 0|<\.\.\. (fsync|fdatasync) resumed>.*= 0/,
    )
    const renamed = after(lines, fileSync, /rename.*footage/)
    const folderSync = after(lines, renamed, /(fsync|fdatasync)\(.*= 0|<\.\.\. (fsync|fdatasync) resumed>.*= 0/)
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

function after(lines: readonly string[], from: number, pattern: RegExp): number {
  return from < 0 ? -1 : lines.findIndex((line, index) => index > from && pattern.test(line))
}
