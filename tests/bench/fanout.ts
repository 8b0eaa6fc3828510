import { randomBytes, randomUUID } from 'node:crypto'
import { liveFlags, liveHeaderBytes } from '@sereno/contracts'
import { toBase64Url, utf8 } from '@sereno/proof'
import { type Api, createApi } from '../../apps/simulator/src/api.ts'
import { type Product, startProduct, temporaryData } from '../product.ts'
import { startChild } from './child.ts'
import { type BenchDevice, desk, enrolDevices, plainFetch } from './devices.ts'
import { type Figure, plain } from './figures.ts'
import { cpuSecondsOf, processesOf } from './processes.ts'

const watchesPerAccount = 4
const accounts = 250
const secondsMeasured = 15
const framesPerSecond = 30
/** 2 Mbit/s at 30 pictures a second; every sixtieth is a key frame and larger. */
const pictureBytes = 7_000
const keyPictureBytes = 86_000

/**
 * Viewers of one 2 Mbit/s stream that a core of the server serves: CPU time of all its processes while 1,000 viewers,
 * each with an account, a ledger entry and a grant, read the stream, divided out.
 */
export async function fanout(say: (line: string) => void): Promise<readonly Figure[]> {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    const viewers = startChild('viewers.ts', [])
    try {
      const office = await desk(product.url, product.links.administrator)
      const [device] = await enrolDevices(product.url, office, 1)
      if (device === undefined) {
        throw new Error('no device')
      }
      const stream = await publish(product.url, device)
      try {
        say(`${accounts * watchesPerAccount} watches of ${accounts} operators …`)
        const grants = await openWatches(product, office.api, device.id)
        viewers.process.stdin?.write(
          `${JSON.stringify({ port: Number(new URL(product.url).port), viewers: grants })}\n`,
        )
        await viewers.next()
        const count = async (): Promise<{ bytes: number; open: number }> => {
          viewers.process.stdin?.write('count\n')
          const { bytes, open } = await viewers.next()
          return { bytes: Number(bytes), open: Number(open) }
        }
        const pids = processesOf(product.process.pid ?? 0, data.folder)
        const before = { cpu: cpuSecondsOf(pids), at: performance.now(), ...(await count()) }
        await new Promise((resolve) => setTimeout(resolve, secondsMeasured * 1000))
        const after = { cpu: cpuSecondsOf(pids), at: performance.now(), ...(await count()) }
        const seconds = (after.at - before.at) / 1000
        const cores = (after.cpu - before.cpu) / seconds
        const megabits = ((after.bytes - before.bytes) * 8) / 1e6 / seconds / after.open
        say(`${after.open} viewers at ${megabits.toFixed(2)} Mbit/s each: ${cores.toFixed(2)} cores of the server`)
        if (after.open !== grants.length || megabits < 1.9) {
          throw new Error('viewers were lost or starved: the figure would not be one')
        }
        return [
          plain('fanout', after.open / cores, 'viewers of 2 Mbit/s per core'),
          plain('fanout-rate', megabits, 'Mbit/s per viewer'),
        ]
      } finally {
        stream.close()
      }
    } finally {
      await viewers.stop()
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

/** A publisher of any bytes at the right rate: the server reads headers, never pictures. */
export async function publish(url: string, device: BenchDevice): Promise<{ close(): void }> {
  const recording = randomUUID()
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/live/publish?token=${device.token}`)
  socket.binaryType = 'arraybuffer'
  await new Promise<void>((resolve, reject) => {
    socket.onerror = () => reject(new Error('the live leg did not open'))
    socket.onmessage = async ({ data }) => {
      const { nonce, type } = JSON.parse(String(data)) as { nonce?: string; type?: string }
      if (nonce !== undefined) {
        const connection = randomUUID()
        const signature = await device.signer.sign(utf8(`sereno-live-v1.${nonce}.${recording}.${connection}`))
        socket.send(JSON.stringify({ recording, connection, signature: toBase64Url(signature) }))
      } else if (type === 'key-frame') {
        resolve()
      }
    }
  })
  const config = utf8(JSON.stringify({ codec: 'avc1.42001f', height: 720, width: 1280 }))
  socket.send(message(liveFlags.config, 0, config))
  const pictures = Array.from({ length: 8 }, () => new Uint8Array(randomBytes(pictureBytes)))
  const key = new Uint8Array(randomBytes(keyPictureBytes))
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    for (; sent < ((performance.now() - startedAt) * framesPerSecond) / 1000; sent += 1) {
      const picture = sent % 60 === 0 ? key : (pictures[sent % pictures.length] ?? key)
      socket.send(message(sent % 60 === 0 ? liveFlags.key : 0, Math.round((sent * 1e6) / framesPerSecond), picture))
    }
  }, 1000 / framesPerSecond)
  return {
    close() {
      clearInterval(timer)
      socket.close()
    },
  }
}

function message(flags: number, timestampUs: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(liveHeaderBytes + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint8(1, flags)
  view.setBigUint64(2, BigInt(timestampUs))
  view.setUint32(10, Math.round(1e6 / framesPerSecond))
  bytes.set(payload, liveHeaderBytes)
  return bytes
}

async function openWatches(
  product: Product,
  office: Api,
  device: string,
): Promise<readonly { readonly grant: string; readonly cookie: string }[]> {
  const grants: { grant: string; cookie: string }[] = []
  for (let i = 0; i < accounts; i += 1) {
    const name = `Medición ${randomUUID().slice(0, 8)}`
    const { link } = await office.call('POST /accounts', { body: { name, signIn: name, roles: ['operator'] } })
    let cookie = ''
    const api = createApi(
      product.url,
      async (address, request) => {
        const response = await plainFetch(address, request)
        cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
        return response
      },
      (): Record<string, string> => (cookie === '' ? {} : { cookie }),
    )
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('link') ?? ''
    await api.call('POST /session/link', { body: { token } })
    for (let watch = 0; watch < watchesPerAccount; watch += 1) {
      const { grant } = await api.call('POST /watches', { body: { device, purpose: 'safety-check' } })
      grants.push({ grant, cookie })
    }
  }
  return grants
}
