/** The dock as a device: its key, its enrolment, its session, what it signs. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DeviceSelf } from '@sereno/contracts'
import {
  type FileStatement,
  type Signer,
  type StatementBase,
  type StopStatement,
  signerFromSeed,
  signStatement,
  statementHash,
  toBase64Url,
  utf8,
} from '@sereno/proof'
import { type Api, createApi } from './api.ts'
import type { Journal } from './journal.ts'

export const version = '0.1.0'
const build = createHash('sha256').update(`sereno-dock/${version}`).digest('hex')

export type Dock = {
  readonly api: Api
  readonly self: () => DeviceSelf
  /** Keeps the session fresh: to be called before each file. */
  readonly renew: () => Promise<void>
  /** Signs the `file` and `stop` statements of a file; journals them before anybody sees them. */
  readonly sign: (
    file: number,
    about: Pick<FileStatement, 'file' | 'source'> & { readonly recording: string },
  ) => Promise<void>
}

/** `<origin>/bodycam/#enrol=<token>` as the QR code carries it. Throws when it is none. */
export function readEnrolLink(link: string): { readonly url: string; readonly token: string } {
  const token = /[#&?]enrol=([A-Za-z0-9_-]{20,200})/.exec(link)?.[1]
  if (token === undefined) {
    throw new Error('That is no enrolment link: it ends in #enrol=…')
  }
  return { url: new URL(link).origin, token }
}

/** Redeems an enrolment with a key made here; the key never leaves the journal. */
export async function enrol(journal: Journal, link: string, caFile: string | null): Promise<string> {
  const { url, token } = readEnrolLink(link)
  const signer = await signerFromSeed(journal.seed())
  const api = createApi(url, () => null, caOf(caFile))
  try {
    const { publicKey } = signer.key
    const self = await api.call('POST /device/enrol', {
      body: {
        token,
        publicKey,
        algorithm: 'ed25519',
        signature: toBase64Url(await signer.sign(utf8(`sereno-enrol-v1.${token}.${publicKey}`))),
        protection: 'software',
        simulated: false,
        appVersion: `dock ${version}`,
        build,
      },
    })
    journal.set('url', url)
    journal.set('device', self.device.id)
    journal.set('ca', caFile ?? '')
    journal.set('counter', String((self.lastCounter ?? -1) + 1))
    journal.set('head', self.lastHead ?? '')
    return self.device.code
  } finally {
    api.close()
  }
}

/** Opens a session as the dock that is enrolled. Throws when it is not. */
export async function openDock(journal: Journal): Promise<Dock> {
  const url = journal.get('url')
  const device = journal.get('device')
  if (url === null || device === null) {
    throw new Error('This dock is not enrolled yet: sereno-dock enrol LINK')
  }
  const signer = await signerFromSeed(journal.seed())
  let session: { token: string; expiresAt: number; self: DeviceSelf } | null = null
  let offset = { ms: 0, uncertaintyMs: 0, seenMs: 0, atMs: 0 }
  const api = createApi(url, () => (session === null ? null : `Device ${session.token}`), caOf(journal.get('ca')))

  async function renew(): Promise<void> {
    if (session !== null && session.expiresAt - (Date.now() + offset.ms) > 10 * 60_000) {
      return
    }
    const sentAt = Date.now()
    const { nonce, nowMs } = await api.call('POST /device/challenge', { body: { device: device ?? '' } })
    const gotAt = Date.now()
    offset = {
      ms: Math.round(nowMs - (sentAt + gotAt) / 2) + 0,
      uncertaintyMs: Math.ceil((gotAt - sentAt) / 2),
      seenMs: nowMs,
      atMs: gotAt,
    }
    const signature = toBase64Url(await signer.sign(utf8(`sereno-session-v1.${device}.${nonce}`)))
    session = await api.call('POST /device/session', { body: { device: device ?? '', nonce, signature } })
  }

  function self(): DeviceSelf {
    if (session === null) {
      throw new Error('no session yet')
    }
    return session.self
  }

  async function sign(file: number, about: Parameters<Dock['sign']>[1]): Promise<void> {
    const { counter, head } = journal.counter()
    const first = Math.max(counter, (self().lastCounter ?? -1) + 1)
    const base = (sequence: number, previous: string | null): StatementBase => ({
      format: 1,
      installation: self().installation,
      municipality: self().municipality.id,
      device: self().device.id,
      keyEpoch: self().device.keyEpoch,
      counter: first + sequence,
      recording: about.recording,
      sequence,
      previous,
      wallClockMs: Date.now(),
      monotonicMs: Math.round(performance.now()),
      serverTime: {
        lastSeenMs: offset.seenMs,
        offsetMs: offset.ms,
        uncertaintyMs: offset.uncertaintyMs,
        ageMs: Math.max(0, Date.now() - offset.atMs),
      },
      checkpoint: self().checkpoint,
      build,
      keyProtection: 'software',
    })
    const previous = head === '' ? null : head
    const { source, file: stated } = about
    const statement = await signed(signer, { kind: 'file', body: { ...base(0, previous), file: stated, source } })
    const stopBody: StopStatement = { ...base(1, statement.hash), reason: 'closed', count: 1, head: statement.hash }
    const stop = await signed(signer, { kind: 'stop', body: stopBody })
    journal.sign(
      file,
      { statement: statement.base64, stop: stop.base64, sha256: stated.sha256 },
      { counter: first + 2, head: stop.hash },
    )
  }

  await renew()
  return { api, self, renew, sign }
}

async function signed(signer: Signer, statement: Parameters<typeof signStatement>[1]) {
  const envelope = await signStatement(signer, statement)
  return { base64: Buffer.from(envelope).toString('base64'), hash: await statementHash(envelope) }
}

function caOf(file: string | null): string | null {
  return file === null || file === '' ? null : readFileSync(file, 'utf8')
}
