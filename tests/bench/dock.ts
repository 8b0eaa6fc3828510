import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enrol } from '../../apps/dock/src/dock.ts'
import { openJournal } from '../../apps/dock/src/journal.ts'
import { root, startProduct, temporaryData } from '../product.ts'
import { startChild } from './child.ts'
import { desk } from './devices.ts'
import { type Bench, compared, plain } from './figures.ts'
import { cpuSecondsOf, processesOf } from './processes.ts'

/** 4 GiB as the issue asks; less while developing (`SERENO_BENCH_MIB`). */
const mebibytes = Number(process.env.SERENO_BENCH_MIB ?? 4096)

type Client = { readonly seconds: number; readonly cpuSeconds: number; readonly memory: number }
type Run = { readonly megabytesPerSecond: number; readonly cpuSecondsPerGb: number; readonly memoryMb: number }

/** Issue 3 §9 `dock`: one file by sereno-dock to the product and by tus-js-client to @tus/server, in the same run. */
export const bench: Bench = async (say) => {
  const data = await temporaryData()
  const scratch = mkdtempSync(join(tmpdir(), 'sereno-bench-'))
  const peer = startChild('tus-peer.ts', [scratch])
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const { port } = await peer.next()
      const office = await desk(product.url, product.links.administrator)
      const made = await office.api.call('POST /devices/enrolments', { body: { kind: 'dock' } })
      const state = join(data.folder, 'dock')
      const journal = openJournal(state)
      await enrol(journal, made.url.replace(new URL(made.url).origin, product.url), null)
      journal.close()
      const ours = (file: string, mib: number): Promise<Run> =>
        measured(mib, () => processesOf(product.process.pid ?? 0, data.folder), ['dock', state, file])
      const theirs = async (file: string, mib: number): Promise<Run> => {
        const run = await measured(mib, () => [peer.process.pid ?? 0], ['tus', `http://127.0.0.1:${port}/files`, file])
        for (const name of readdirSync(scratch).filter((each) => each !== 'file.bin' && each !== 'warm.bin')) {
          rmSync(join(scratch, name), { recursive: true })
        }
        return run
      }
      const warm = fileOf(scratch, 'warm.bin', 64)
      await ours(warm, 64)
      await theirs(warm, 64)
      const file = fileOf(scratch, 'file.bin', mebibytes)
      const peers = await theirs(file, mebibytes)
      say(`tus: ${line(peers)}`)
      const mine = await ours(file, mebibytes)
      say(`dock: ${line(mine)}`)
      const reference = '@tus/server and tus-js-client (neither hashes, encrypts nor flushes)'
      return [
        compared('throughput', mine.megabytesPerSecond, 'MB/s', reference, peers.megabytesPerSecond),
        compared('cpu', mine.cpuSecondsPerGb, 'CPU s/GB', reference, peers.cpuSecondsPerGb),
        plain('memory', mine.memoryMb, 'MB'),
      ]
    } finally {
      await product.interrupt()
    }
  } finally {
    await peer.stop()
    rmSync(scratch, { recursive: true, force: true })
    await data.remove()
  }
}

async function measured(mib: number, pids: () => readonly number[], args: readonly string[]): Promise<Run> {
  const before = cpuSecondsOf(pids())
  const client = await run(args)
  const server = cpuSecondsOf(pids()) - before
  if (process.env.SERENO_BENCH_PARTS !== undefined) {
    console.error(`server ${server.toFixed(2)} s, client ${client.cpuSeconds.toFixed(2)} s`)
  }
  const bytes = mib * 1024 * 1024
  return {
    megabytesPerSecond: bytes / 1e6 / client.seconds,
    cpuSecondsPerGb: (server + client.cpuSeconds) / (bytes / 1e9),
    memoryMb: client.memory / 1e6,
  }
}

function run(args: readonly string[]): Promise<Client> {
  const script = join(root, 'tests/bench/dock-client.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve(JSON.parse(text) as Client) : reject(new Error(`client: ${code}`)),
    )
  })
}

function fileOf(folder: string, name: string, mib: number): string {
  const file = join(folder, name)
  const descriptor = openSync(file, 'w')
  // Different in each MiB, so that nothing is counted once that is there twice.
  const piece = randomBytes(1024 * 1024)
  for (let place = 0; place < mib; place += 1) {
    piece.writeUInt32BE(place, 0)
    writeSync(descriptor, piece)
  }
  closeSync(descriptor)
  return file
}

function line({ megabytesPerSecond, cpuSecondsPerGb, memoryMb }: Run): string {
  return `${megabytesPerSecond.toFixed(0)} MB/s, ${cpuSecondsPerGb.toFixed(2)} CPU s/GB, ${memoryMb.toFixed(0)} MB`
}
