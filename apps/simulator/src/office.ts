import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type Api, createApi, type Fetch, Refused } from './api.ts'

/** A person's session in the control room: what the simulator needs people for. */
export type Desk = { readonly api: Api }

/** Signs in with a one-time link, as a browser would. */
export async function signIn(url: string, link: string, fetch: Fetch): Promise<Desk> {
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('link')
  if (!token) {
    throw new Error('That is not a sign-in link: it has no #link=…')
  }
  let cookie = ''
  const api = createApi(
    url,
    async (address, init) => {
      const response = await fetch(address, init)
      for (const line of response.headers.getSetCookie()) {
        cookie = line.split(';')[0] ?? cookie
      }
      return response
    },
    (): Record<string, string> => (cookie ? { cookie } : {}),
  )
  await api.call('POST /session/link', { body: { token } })
  return { api }
}

/**
 * Prepares `count` phones: an enrolment for each, an officer for each, a quadrant for each. `issue` binds the enrolled
 * device to its officer and answers the PIN.
 */
export async function prepare(
  desk: Desk,
  count: number,
  tag: string,
): Promise<
  {
    readonly token: string
    readonly ring: readonly (readonly [number, number])[]
    readonly issue: (device: string) => Promise<string>
  }[]
> {
  const { areas } = await desk.api.call('GET /territory', {})
  const quadrants = areas.filter(({ kind }) => kind === 'quadrant')
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const quadrant = quadrants[(i * 7) % Math.max(1, quadrants.length)]
      const { token } = await desk.api.call('POST /devices/enrolments', { body: { kind: 'phone', simulated: true } })
      const number = `${tag}${String(i + 1).padStart(2, '0')}`
      const officer = await desk.api.call('POST /officers', {
        body: { code: number, name: `Agente simulado ${number}` },
      })
      return {
        token,
        ring: (quadrant?.shape.coordinates[0] ?? defaultRing) as readonly (readonly [number, number])[],
        issue: async (device: string) => {
          const body = { officer: officer.id, ...(quadrant ? { quadrant: quadrant.id } : {}) }
          return (await desk.api.call('POST /devices/:id/issue', { params: { id: device }, body })).pin
        },
      }
    }),
  )
}

/** A kilometre of Lima, for a municipality that has drawn nothing yet. */
const defaultRing = [
  [-76.995, -12.135],
  [-76.986, -12.135],
  [-76.986, -12.144],
  [-76.995, -12.144],
  [-76.995, -12.135],
] as const

/** Waits until a recording is sealed; answers false at the deadline. */
export async function sealed(desk: Desk, recording: string, deadlineMs: number, nowMs: () => number): Promise<boolean> {
  while (nowMs() < deadlineMs) {
    const state = await desk.api.call('GET /recordings/:id', { params: { id: recording } }).then(
      (found) => found.recording.state,
      (error: unknown) => {
        if (error instanceof Refused && error.status === 404) {
          return 'unknown'
        }
        throw error
      },
    )
    if (state === 'sealed') {
      return true
    }
    await delay(500)
  }
  return false
}

/** Exports a recording's package into a folder, with the installation's trust file beside it. */
export async function exportPackage(desk: Desk, recording: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const made = await desk.api.call('POST /recordings/:id/exports', {
    params: { id: recording },
    body: { purpose: 'audit', reference: 'simulación', positions: true },
  })
  const file = join(folder, made.fileName)
  const response = await desk.api.open('GET /exports/:id/package.zip', { params: { id: made.export } })
  if (!response.body) {
    throw new Error('an empty package')
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file))
  const trust = await desk.api.open('GET /trust.json', {})
  await writeFile(join(folder, 'trust.json'), new Uint8Array(await trust.arrayBuffer()))
  return file
}
