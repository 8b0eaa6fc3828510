import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { createApi } from '../../apps/simulator/src/api.ts'
import type { Desk } from '../../apps/simulator/src/office.ts'
import { startProduct, temporaryData } from '../product.ts'
import { expectStatus, openConnection } from './connections.ts'
import { desk, enrolDevices, plainFetch, randomMedia } from './devices.ts'
import { compared, type Figure, plain, quantile } from './figures.ts'

const segmentsOfTwoHours = 3600
const viewerCount = 50
const rounds = 20
const warmUp = 5

type Viewer = {
  /** The whole answer. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<{ readonly text: string }>
  /** Resolves at its first byte. */
  readonly firstByte: (path: string) => Promise<void>
  readonly close: () => void
}

/**
 * `view`: from the wish to watch a two-hour recording to the first byte of its first picture segment, fifty people at
 * once: session, decision, entry, commit, promise, and then session, look, row, decryption. Each has an account, a session
 * and a connection of their own. Beside it two answers to the same people that need nothing but their session. `playlist`:
 * the whole list of its 3,600 segments, for all fifty at once.
 */
export async function measureView(say: (line: string) => void): Promise<readonly Figure[]> {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const office = await desk(product.url, product.links.administrator)
      const custodian = await desk(product.url, product.links.custodian)
      say('uploading two hours …')
      const recording = await recordTwoHours(product.url, office, custodian)
      say(`${viewerCount} people sign in …`)
      const viewers: Viewer[] = []
      for (let i = 0; i < viewerCount; i += 1) {
        viewers.push(await enter(product.url, office))
      }
      const views: number[] = []
      const bare: number[] = []
      const playlists: number[] = []
      for (let round = 0; round < warmUp + rounds; round += 1) {
        const looks: string[] = []
        const took = await together(viewers, async (viewer, place) => {
          looks[place] = await wish(viewer, recording)
          await viewer.firstByte(`/api/looks/${looks[place]}/0.m4s`)
        })
        const floor = await together(viewers, async (viewer) => {
          await viewer.ask('GET', '/api/me')
          await viewer.ask('GET', '/api/me')
        })
        const lists = await together(viewers, (viewer, place) =>
          viewer.ask('GET', `/api/looks/${looks[place]}/index.m3u8`),
        )
        if (round >= warmUp) {
          views.push(...took)
          bare.push(...floor)
          playlists.push(...lists)
        }
      }
      for (const viewer of viewers) {
        viewer.close()
      }
      return [
        compared(
          'view',
          quantile(views, 0.99),
          'ms',
          'two answers to the same people that need their session alone',
          quantile(bare, 0.99),
        ),
        plain('viewMedian', quantile(views, 0.5), 'ms'),
        plain('playlist', quantile(playlists, 0.99), 'ms'),
      ]
    } finally {
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function recordTwoHours(url: string, office: Desk, custodian: Desk): Promise<string> {
  const [device] = await enrolDevices(url, office, 1)
  const recording = randomUUID()
  const media = await randomMedia(16 * 1024, 8)
  const line = openConnection()
  for (let sequence = 0; sequence <= segmentsOfTwoHours; sequence += 1) {
    const upload = await (sequence < segmentsOfTwoHours
      ? device!.nextUpload(recording, media[sequence % media.length]!)
      : device!.stopUpload(recording))
    const headers = { 'content-type': 'application/octet-stream' }
    const body = [upload.head, upload.media]
    expectStatus(await line.send({ method: 'PUT', url: `${url}${upload.path}`, headers, body }), [200, 201])
  }
  line.close()
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const { recording: found } = await custodian.api.call('GET /recordings/:id', { params: { id: recording } })
    if (found.state === 'sealed') {
      return recording
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the recording was not sealed within a minute')
}

async function wish(viewer: Viewer, recording: string): Promise<string> {
  const { text } = await viewer.ask('POST', `/api/recordings/${recording}/looks`, { purpose: 'audit' })
  return (JSON.parse(text) as { readonly look: string }).look
}

/** A custodian with an account of their own, on one keep-alive connection that costs as little as it can. */
async function enter(url: string, office: Desk): Promise<Viewer> {
  const name = `Medición ${randomUUID().slice(0, 8)}`
  const { link } = await office.api.call('POST /accounts', { body: { name, signIn: name, roles: ['custodian'] } })
  let cookie = ''
  const api = createApi(
    url,
    async (address, sent) => {
      const response = await plainFetch(address, sent)
      cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
      return response
    },
    (): Record<string, string> => (cookie === '' ? {} : { cookie }),
  )
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('link') ?? ''
  await api.call('POST /session/link', { body: { token } })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  function send(method: string, path: string, body: unknown, whole: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const headers = {
        cookie,
        origin: url,
        ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      }
      const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => {
          pieces.push(piece)
          if (!whole) {
            settle()
          }
        })
        const settle = (): void => {
          const said = Buffer.concat(pieces).toString()
          if (response.statusCode === 200 || response.statusCode === 201) {
            resolve(said)
          } else {
            reject(new Error(`${method} ${path}: ${response.statusCode} ${said.slice(0, 300)}`))
          }
        }
        response.on('end', settle)
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(text)
    })
  }

  return {
    ask: async (method, path, body) => ({ text: await send(method, path, body, true) }),
    firstByte: async (path) => {
      await send('GET', path, undefined, false)
    },
    close: () => agent.destroy(),
  }
}

/** All at the same moment; how long each waited. */
function together(
  viewers: readonly Viewer[],
  work: (viewer: Viewer, place: number) => Promise<unknown>,
): Promise<number[]> {
  return Promise.all(
    viewers.map(async (viewer, place) => {
      const startedAt = performance.now()
      await work(viewer, place)
      return performance.now() - startedAt
    }),
  )
}
