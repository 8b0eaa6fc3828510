import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProduct, temporaryData } from '../product.ts'
import { startChild } from './child.ts'
import { type Connection, expectStatus, openConnection } from './connections.ts'
import { type BenchDevice, desk, enrolDevices, type Media, randomMedia, type Upload } from './devices.ts'
import { type Bench, compared, type Figure, median, plain, quantile } from './figures.ts'
import { cpuSecondsOf, processesOf } from './processes.ts'

const segmentBytes = 512 * 1024
const connections = 16
const segmentsPerConnection = 24
const rounds = 5
/** Both servers compile what they do often while they do it; a server runs for months. */
const warmUpRounds = 3
const cameras = 200
const cameraSeconds = 24
/** A camera of 2 Mbit/s. */
const cameraBytesPerSecond = 250_000

type Round = { readonly megabytesPerSecond: number; readonly cpuSecondsPerGb: number }
type Sent = { readonly bytes: number; readonly seconds: number }

/**
 * Issue 2 §11 `ingest`: the product, its peer and the bare loop in turn, on the same bytes, medians of five. What they wrote
 * is removed at the end: ext4 looks past freshly freed inodes, at the cost of whoever creates files next.
 */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  const scratch = mkdtempSync(join(tmpdir(), 'sereno-bench-'))
  const peer = startChild('tus-peer.ts', [scratch])
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const { port } = await peer.next()
      const office = await desk(product.url, product.links.administrator)
      say(`enrolling ${cameras} cameras …`)
      const devices = await enrolDevices(product.url, office, cameras)
      const media = await randomMedia(segmentBytes, 64)
      const lines = Array.from({ length: connections }, openConnection)
      const pids = () => processesOf(product.process.pid ?? 0, data.folder)
      const ours: Round[] = []
      const theirs: Round[] = []
      const bare: number[] = []
      for (let round = 1 - warmUpRounds; round <= rounds; round += 1) {
        const uploads = await prepare(devices.slice(0, connections), media)
        const mine = await measured(pids, () => sendOurs(product.url, lines, uploads))
        const peers = await measured(
          () => [peer.process.pid ?? 0],
          () => sendTus(`http://127.0.0.1:${port}/files`, lines, uploads),
        )
        const loop = bareLoop(scratch, uploads.flat())
        if (round > 0) {
          ours.push(mine)
          theirs.push(peers)
          bare.push(loop)
          say(`round ${round}: ours ${line(mine)} · tus ${line(peers)} · bare ${loop.toFixed(2)} CPU s/GB`)
        }
      }
      const large = await sendLarge(`http://127.0.0.1:${port}/files`, media)
      for (const connection of lines) {
        connection.close()
      }
      say(`${cameras} cameras for ${cameraSeconds} s …`)
      const acknowledged = await runCameras(product.url, devices, media)
      return report(ours, theirs, bare, large, acknowledged)
    } finally {
      await product.interrupt()
    }
  } finally {
    await peer.stop()
    rmSync(scratch, { recursive: true, force: true })
    await data.remove()
  }
}

function report(
  ours: readonly Round[],
  theirs: readonly Round[],
  bare: readonly number[],
  large: number,
  acknowledgedMs: readonly number[],
): readonly Figure[] {
  const cpu = median(ours.map((round) => round.cpuSecondsPerGb))
  return [
    compared(
      'throughput',
      median(ours.map((round) => round.megabytesPerSecond)),
      'MB/s',
      '@tus/server, file store, creation with upload',
      median(theirs.map((round) => round.megabytesPerSecond)),
    ),
    plain('tus-2gib', large, 'MB/s'),
    compared('cpu', cpu, 'CPU s/GB', 'bare SHA-256 + AES-256-GCM + write + fsync', median(bare)),
    plain('cpu-tus', median(theirs.map((round) => round.cpuSecondsPerGb)), 'CPU s/GB'),
    plain('streams', 1e9 / cpu / cameraBytesPerSecond, 'cameras of 2 Mbit/s per core'),
    plain('ack', quantile(acknowledgedMs, 0.99), 'ms'),
    plain('ack-p50', quantile(acknowledgedMs, 0.5), 'ms'),
  ]
}

async function prepare(devices: readonly BenchDevice[], media: readonly Media[]): Promise<readonly Upload[][]> {
  return Promise.all(
    devices.map(async (device, line) => {
      const recording = randomUUID()
      const uploads: Upload[] = []
      for (let i = 0; i < segmentsPerConnection; i += 1) {
        uploads.push(await device.nextUpload(recording, mediaAt(media, line * segmentsPerConnection + i)))
      }
      return uploads
    }),
  )
}

async function measured(pids: () => readonly number[], run: () => Promise<Sent>): Promise<Round> {
  const before = cpuSecondsOf(pids())
  const { bytes, seconds } = await run()
  const cpuSeconds = cpuSecondsOf(pids()) - before
  return { megabytesPerSecond: bytes / 1e6 / seconds, cpuSecondsPerGb: cpuSeconds / (bytes / 1e9) }
}

async function sendAll(
  lines: readonly Connection[],
  uploads: readonly Upload[][],
  send: (line: Connection, upload: Upload) => Promise<void>,
): Promise<Sent> {
  const startedAt = performance.now()
  await Promise.all(
    lines.map(async (line, i) => {
      for (const upload of uploads[i] ?? []) {
        await send(line, upload)
      }
    }),
  )
  const bytes = uploads.flat().reduce((sum, upload) => sum + upload.media.length, 0)
  return { bytes, seconds: (performance.now() - startedAt) / 1000 }
}

function sendOurs(url: string, lines: readonly Connection[], uploads: readonly Upload[][]): Promise<Sent> {
  return sendAll(lines, uploads, (line, upload) => put(line, url, upload).then(() => undefined))
}

async function put(line: Connection, url: string, { path, head, media }: Upload): Promise<number> {
  const answer = await line.send({
    method: 'PUT',
    url: `${url}${path}`,
    headers: { 'content-type': 'application/octet-stream' },
    body: [head, media],
  })
  expectStatus(answer, [200, 201])
  return answer.tookMs
}

function sendTus(url: string, lines: readonly Connection[], uploads: readonly Upload[][]): Promise<Sent> {
  return sendAll(lines, uploads, async (line, { media }) => {
    const answer = await line.send({ method: 'POST', url, headers: tusHeaders(media.length), body: [media] })
    expectStatus(answer, [201])
  })
}

async function sendLarge(url: string, media: readonly Media[]): Promise<number> {
  const parts = Array.from({ length: 2 ** 31 / segmentBytes }, (_, i) => mediaAt(media, i).bytes)
  const line = openConnection()
  const answer = await line.send({ method: 'POST', url, headers: tusHeaders(2 ** 31), body: parts })
  line.close()
  expectStatus(answer, [201])
  return 2 ** 31 / 1e6 / (answer.tookMs / 1000)
}

function tusHeaders(length: number): Record<string, string> {
  return {
    'tus-resumable': '1.0.0',
    'upload-length': String(length),
    'content-type': 'application/offset+octet-stream',
  }
}

/** The physical limit in one thread: hash, encrypt, write a file, fsync it. CPU seconds a GB. */
function bareLoop(folder: string, uploads: readonly Upload[]): number {
  const before = process.cpuUsage()
  const key = randomBytes(32)
  uploads.forEach(({ media }) => {
    createHash('sha256').update(media).digest()
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
    const sealed = [cipher.update(media), cipher.final(), cipher.getAuthTag()]
    const file = openSync(join(folder, `bare-${randomUUID()}`), 'w')
    for (const part of sealed) {
      writeSync(file, part)
    }
    fsyncSync(file)
    closeSync(file)
  })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6 / ((uploads.length * segmentBytes) / 1e9)
}

/** Every camera sends a two-second segment each two seconds on its own connection; answers each acknowledgement's time. */
async function runCameras(url: string, devices: readonly BenchDevice[], media: readonly Media[]): Promise<number[]> {
  const took: number[] = []
  const startedAt = performance.now() + 500
  await Promise.all(
    devices.map(async (device, i) => {
      const line = openConnection()
      const recording = randomUUID()
      for (let segment = 0; segment < cameraSeconds / 2; segment += 1) {
        const upload = await device.nextUpload(recording, mediaAt(media, i + segment))
        const dueAt = startedAt + segment * 2000 + (i * 2000) / devices.length
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
        const elapsed = await put(line, url, upload)
        if (segment > 0) {
          took.push(elapsed)
        }
      }
      line.close()
    }),
  )
  return took
}

function mediaAt(media: readonly Media[], index: number): Media {
  const one = media[index % media.length]
  if (one === undefined) {
    throw new RangeError('no media')
  }
  return one
}

const line = (round: Round): string =>
  `${round.megabytesPerSecond.toFixed(0)} MB/s ${round.cpuSecondsPerGb.toFixed(2)} CPU s/GB`
