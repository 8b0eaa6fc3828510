import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { parseTrust, type Source, verifyPackage } from '@sereno/proof'
import { exportPackage, sealed } from '../../apps/simulator/src/office.ts'
import { startProduct, temporaryData } from '../product.ts'
import { expectStatus, openConnection } from './connections.ts'
import { desk, enrolDevices, randomMedia, type Upload } from './devices.ts'
import { type Bench, compared, median, plain } from './figures.ts'

const segmentBytes = 512 * 1024
const segments = 2_000
const rounds = 5

/** Issue 2 §11 `verify`: a real package of 1 GB from the product, against SHA-256 of the same bytes by WebCrypto. */
export const bench: Bench = async (say) => {
  const folder = await mkdtemp(join(tmpdir(), 'sereno-bench-'))
  try {
    const file = await makePackage(folder, say)
    const trust = parseTrust(new Uint8Array(await readFile(join(folder, 'trust.json'))))
    if (!trust.ok) {
      throw new Error(`trust file: ${trust.code}`)
    }
    const { size } = await stat(file)
    const ours: number[] = []
    const bare: number[] = []
    const seconds: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const startedAt = performance.now()
      const mine = await cpuOf(file, async (source) => {
        const { result } = await verifyPackage(source, { trust: trust.value, crc32 })
        if (result !== 'holds') {
          throw new Error(`the package of the benchmark ${result}`)
        }
      })
      const took = (performance.now() - startedAt) / 1000
      const digest = await cpuOf(file, digestAll)
      if (round > 0) {
        ours.push(mine / (size / 1e9))
        bare.push(digest / (size / 1e9))
        seconds.push(took)
        say(`round ${round}: ${mine.toFixed(2)} CPU s, SHA-256 alone ${digest.toFixed(2)} CPU s`)
      }
    }
    return [
      compared('cpu', median(ours), 'CPU s/GB', 'bare SHA-256 by WebCrypto', median(bare)),
      plain('elapsed', median(seconds), 's'),
      plain('size', size / 1e9, 'GB'),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Records, seals and exports through the product, as a custodian would. */
async function makePackage(folder: string, say: (line: string) => void): Promise<string> {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const office = await desk(product.url, product.links.administrator)
      const custodian = await desk(product.url, product.links.custodian)
      const [device] = await enrolDevices(product.url, office, 1)
      const media = await randomMedia(segmentBytes, 64)
      const recording = randomUUID()
      const connection = openConnection()
      const put = async ({ path, head, media: bytes }: Upload): Promise<void> => {
        const answer = await connection.send({
          method: 'PUT',
          url: `${product.url}${path}`,
          headers: { 'content-type': 'application/octet-stream' },
          body: [head, bytes],
        })
        expectStatus(answer, [200, 201])
      }
      say(`recording ${segments} segments …`)
      for (let i = 0; i < segments; i += 1) {
        const upload = await device?.nextUpload(recording, media[i % media.length]!)
        await put(upload!)
      }
      await put((await device?.stopUpload(recording))!)
      connection.close()
      say('sealing and exporting …')
      if (!(await sealed(custodian, recording, Date.now() + 60_000, Date.now))) {
        throw new Error('the recording was not sealed within a minute')
      }
      return await exportPackage(custodian, recording, folder)
    } finally {
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

/** CPU seconds of this process, its thread pool included, for one pass over the file. */
async function cpuOf(file: string, run: (source: Source) => Promise<void>): Promise<number> {
  const handle = await open(file)
  try {
    const source = await fileSource(handle)
    const before = process.cpuUsage()
    await run(source)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  } finally {
    await handle.close()
  }
}

async function fileSource(handle: FileHandle): Promise<Source> {
  const { size } = await handle.stat()
  return {
    sizeBytes: size,
    async read(offset, lengthBytes) {
      const buffer = new Uint8Array(Math.min(lengthBytes, size - offset))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset)
      return buffer.subarray(0, bytesRead)
    },
  }
}

async function digestAll(source: Source): Promise<void> {
  for (let offset = 0; offset < source.sizeBytes; offset += segmentBytes) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(await source.read(offset, segmentBytes)))
  }
}
