/** A camera system controller as the interface describes one: signs in, asks again after 401, sends again what was not answered. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'

export type ConnectionFile = {
  readonly ConnectionFileVersion: string
  readonly SiteName: string
  readonly AuthenticationTokenURI: readonly string[]
  readonly BlobAPIKey: string
  readonly BlobAPIUserName: string
}
export type Metadata = Readonly<Record<string, string>>
export type Answered = { readonly status: number; readonly headers: Headers; readonly body: string }

export type Controller = ReturnType<typeof createController>

export function createController(connection: ConnectionFile, fetchIt: typeof fetch = fetch) {
  let token = ''
  let storage = ''

  async function signIn(): Promise<number> {
    const response = await fetchIt(connection.AuthenticationTokenURI[0] ?? '', {
      headers: { 'X-Auth-User': connection.BlobAPIUserName, 'X-Auth-Key': connection.BlobAPIKey },
    })
    token = response.headers.get('x-auth-token') ?? ''
    storage = response.headers.get('x-storage-url') ?? ''
    return response.status
  }

  const headersOf = (of: 'Container' | 'Object', metadata: Metadata): Record<string, string> =>
    Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [`X-${of}-Meta-${key}`, encodeURIComponent(value)]),
    )

  /** Once more after 401; busy and broken connections again and again, as a dock with a day's time would. */
  async function send(
    method: string,
    place: string,
    headers: Record<string, string> = {},
    body?: Uint8Array | string,
  ): Promise<Answered> {
    let unauthorised = 0
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (token === '') {
          await signIn()
        }
        const response = await fetchIt(`${storage}/${place}`, {
          method,
          headers: { 'X-Auth-Token': token, ...headers },
          ...(body === undefined ? {} : { body: body as RequestInit['body'] & {} }),
        })
        const answered = { status: response.status, headers: response.headers, body: await response.text() }
        if (answered.status === 401 && unauthorised < 3) {
          unauthorised += 1
          await signIn()
        } else if (answered.status !== 503 || attempt > 200) {
          return answered
        }
      } catch (error) {
        if (attempt > 600) {
          throw error
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const encode = (name: string): string => encodeURIComponent(name)

  /** Begins a clip and leaves it hanging, as a slow line does; answers how to let go of it. */
  async function hang(container: string, name: string, sizeBytes: number): Promise<() => void> {
    const begun = request(`${storage}/${encode(container)}/${encode(name)}`, {
      method: 'PUT',
      headers: { 'X-Auth-Token': token, 'Content-Length': String(sizeBytes), Expect: '100-continue' },
    })
    begun.on('error', () => undefined)
    begun.flushHeaders()
    // The server has read the head, and is waiting for the body.
    await once(begun, 'continue')
    begun.write('x')
    return () => void begun.destroy()
  }

  return {
    signIn,
    send,
    hang,
    /** One request with the token it has, without trying again. */
    async once(method: string, place: string, body?: Uint8Array | string): Promise<number> {
      const init = { method, headers: { 'X-Auth-Token': token }, ...(body === undefined ? {} : { body }) }
      return (await fetchIt(`${storage}/${place}`, init as RequestInit)).status
    },
    get: (place: string) => send('GET', place),
    putContainer: (name: string, metadata: Metadata = {}) =>
      send('PUT', encode(name), headersOf('Container', metadata)),
    postContainer: (name: string, metadata: Metadata) => send('POST', encode(name), headersOf('Container', metadata)),
    async putObject(
      container: string,
      name: string,
      body: Uint8Array | string,
      metadata: Metadata = {},
    ): Promise<Answered> {
      const etag = createHash('md5').update(body).digest('hex')
      return send('PUT', `${encode(container)}/${encode(name)}`, { ETag: etag, ...headersOf('Object', metadata) }, body)
    },
    postObject: (container: string, name: string, metadata: Metadata) =>
      send('POST', `${encode(container)}/${encode(name)}`, headersOf('Object', metadata)),
    forgetToken: () => {
      token = 'out-of-date'
    },
  }
}

export const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')

export function clipName(startMs: number, recording: string): string {
  return `${stamp(startMs)}_${recording}.mkv`
}

export function recordingMetadata(
  name: string,
  about: {
    readonly user: string
    readonly serial: string
    readonly startMs: number
    readonly stopMs: number
    readonly status: string
  },
): Metadata {
  const iso = (ms: number): string => new Date(ms).toISOString()
  return {
    ContainerName: name,
    BWCSerialNumber: about.serial,
    SCUSerialNumber: 'ACCC8E000001',
    FirmwareVersion: '3.2.1',
    UserID: about.user,
    TriggerOn: 'Button',
    TriggerOff: 'Button',
    TriggerOnTime: String(about.startMs / 1000 + 30),
    TriggerOnTimeISO: iso(about.startMs + 30_000),
    StartTime: String(about.startMs / 1000),
    StartTimeISO: iso(about.startMs),
    StopTime: String(about.stopMs / 1000),
    StopTimeISO: iso(about.stopMs),
    TimeZone: 'America/Lima',
    BWCModel: 'AXIS W101',
    Status: about.status,
  }
}
