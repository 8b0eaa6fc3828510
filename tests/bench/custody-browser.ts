import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32 } from 'node:zlib'
import { buildPackage, formatTrust } from '@sereno/proof'
import type { Browser } from 'playwright-core'
import { packageParts, testTrust } from '../../packages/proof/src/package.test-kit.ts'
import { buildVerifier } from '../../tools/verifier.ts'
import { openBrowser } from '../browser.ts'
import { compared, type Figure, median, plain } from './figures.ts'
import { nameOf, processesOf, pssOf } from './processes.ts'

const segmentBytes = 512 * 1024
const segments = Number(process.env.SERENO_BENCH_SEGMENTS ?? 8_000)
const peerBytes = 4 * 1024 * 1024
const sampleMs = 100

/**
 * Issue 3 §9 `custody`: a package of 4 GB verified in Chromium by the offline verifier, opened from a folder without a
 * network. Beside it SHA-256 of the same file by the same browser, piece by piece. The memory is what the verification
 * adds to all of the browser's processes (PSS), at its most.
 */
export async function measureBrowser(say: (line: string) => void, rounds = 3): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sereno-bench-'))
  try {
    const file = join(folder, 'package.zip')
    say(`writing a package of ${segments} segments …`)
    await writePackage(file)
    await writeFile(join(folder, 'trust.json'), formatTrust(testTrust))
    await writeFile(join(folder, 'verify.html'), (await buildVerifier()).bytes)
    await writeFile(join(folder, 'peer.html'), peerPage)
    const { size } = await stat(file)
    const ours: number[] = []
    const peer: number[] = []
    const memory: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      await readThrough(file)
      const verified = await inBrowser((browser) => verifyIn(browser, folder))
      const digested = await inBrowser((browser) => digestIn(browser, folder))
      const rate = size / 1e6 / verified.seconds
      const bare = size / 1e6 / digested.seconds
      say(
        `round ${round}: ${rate.toFixed(0)} MB/s, ${verified.memoryMb.toFixed(0)} MB; SHA-256 alone ${bare.toFixed(0)} MB/s, ${digested.memoryMb.toFixed(0)} MB`,
      )
      if (round > 0) {
        ours.push(rate)
        peer.push(bare)
        memory.push(verified.memoryMb)
      }
    }
    return [
      compared('browser', median(ours), 'MB/s', 'bare SHA-256 in the same browser', median(peer)),
      plain('browserMemory', Math.max(...memory), 'MB'),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Measured = { readonly seconds: number; readonly memoryMb: number }

async function verifyIn(browser: Browser, folder: string): Promise<Measured> {
  const page = await (await browser.newContext({ offline: true, locale: 'es-PE' })).newPage()
  await page.goto(pathToFileURL(join(folder, 'verify.html')).href)
  return measured(async () => {
    await page.locator('input[type=file]').setInputFiles([join(folder, 'package.zip'), join(folder, 'trust.json')])
    const told = page.locator('section.report h2, p.fails')
    await told.waitFor({ timeout: 600_000 })
    const said = await told.innerText()
    if (said !== 'Se sostiene') {
      throw new Error(`the package of the benchmark: ${said}`)
    }
  })
}

async function digestIn(browser: Browser, folder: string): Promise<Measured> {
  const page = await (await browser.newContext({ offline: true })).newPage()
  await page.goto(pathToFileURL(join(folder, 'peer.html')).href)
  return measured(async () => {
    await page.locator('input').setInputFiles(join(folder, 'package.zip'))
    await page.locator('p:text-is("done")').waitFor({ timeout: 600_000 })
  })
}

/** Reads and hashes piece by piece in a worker, two at a time, and does nothing else. */
const peerPage = `<!doctype html><title>peer</title><input type="file"><p></p><script>
const code = \`onmessage = async ({ data }) => {
  const piece = ${peerBytes}
  let next = null
  const read = (at) => data.slice(at, at + piece).arrayBuffer()
  for (let at = 0; at < data.size; at += piece) {
    const bytes = await (next ?? read(at))
    next = at + piece < data.size ? read(at + piece) : null
    await crypto.subtle.digest('SHA-256', bytes)
  }
  postMessage('done')
}\`
document.querySelector('input').onchange = ({ target }) => {
  const worker = new Worker(URL.createObjectURL(new Blob([code])))
  worker.onmessage = ({ data }) => { document.querySelector('p').textContent = data }
  worker.postMessage(target.files[0])
}
</script>`

async function inBrowser(run: (browser: Browser) => Promise<Measured>): Promise<Measured> {
  const browser = await openBrowser([], 'none')
  try {
    return await run(browser)
  } finally {
    await browser.close()
  }
}

/** How long it took, and by how much the browser's processes grew at most meanwhile. */
async function measured(work: () => Promise<void>): Promise<Measured> {
  const before = browserBytes()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, browserBytes())
  }, sampleMs)
  const startedAt = performance.now()
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return { seconds: (performance.now() - startedAt) / 1000, memoryMb: (most - before) / 1e6 }
}

function browserBytes(): number {
  return pssOf(processesOf(process.pid, '').filter((pid) => pid !== process.pid && /chrom/.test(nameOf(pid))))
}

async function writePackage(file: string): Promise<void> {
  const parts = await packageParts({ segments, segmentBytes })
  const output = createWriteStream(file)
  for await (const piece of buildPackage({ ...parts, crc32: (bytes, value) => crc32(bytes, value) })) {
    if (!output.write(piece)) {
      await new Promise<void>((resolve) => output.once('drain', () => resolve()))
    }
  }
  await new Promise<void>((resolve) => output.end(() => resolve()))
}

/** Into the page cache: the disk is not what is measured. */
async function readThrough(file: string): Promise<void> {
  const handle = await open(file)
  try {
    const buffer = new Uint8Array(4 * 1024 * 1024)
    while ((await handle.read(buffer, 0, buffer.length)).bytesRead > 0) {
      // read and left
    }
  } finally {
    await handle.close()
  }
}
