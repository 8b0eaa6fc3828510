/** Connections for Axis body-worn system controllers: the file an administrator loads there, and what it opens here. */
import { createHash, hash, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Scope } from '../../../kernel/actor.ts'
import { Refusal } from '../../../kernel/errors.ts'
import type { IntakeDeps } from '../door.ts'
import type { ConnectionWish, MadeConnection } from './connection.ts'
import { addConnection, type ConnectionRow, connectionByUser, endConnection } from './store.ts'

/**
 * Makes a connection: an entry and a row in one transaction; the secret is in the file alone (its SHA-256 is kept, since
 * 256 random bits need no slow hash). A crash after the commit leaves a connection nobody can open: make another.
 */
export async function connect(deps: IntakeDeps, scope: Scope, wish: ConnectionWish): Promise<MadeConnection> {
  if ((wish.publicKey === undefined) !== (wish.publicKeyId === undefined)) {
    throw new Refusal('request.invalid', { where: 'body', message: 'publicKey and publicKeyId go together' })
  }
  const secret = deps.ids.token(32)
  const id = deps.ids.uuid()
  const row: ConnectionRow = {
    municipality: scope.municipality,
    id,
    site_name: wish.siteName,
    user_name: `sereno-${id.slice(-12)}`,
    key_sha256: hash('sha256', secret),
    public_key: wish.publicKey ?? null,
    public_key_id: wish.publicKeyId ?? null,
    created_at: deps.clock.nowMs(),
    created_by: scope.actor.name,
    ended_at: null,
    heard_at: null,
    system_id: null,
    system_name: null,
  }
  await deps.database.transaction(async (tx) => {
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'intake.connection-made',
      coarse: 'custody',
      subjects: [`connection:${id}`],
      actor: scope.actor,
      fields: { site: wish.siteName, user: row.user_name, encrypted: String(wish.publicKey !== undefined) },
    })
    await addConnection(tx, row)
  })
  const slug = wish.siteName
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()
  return {
    row,
    fileName: `sereno-axis-${slug}.json`,
    file: fileOf(deps, row, secret, wish.url ?? deps.config.origin()),
  }
}

export async function disconnect(deps: IntakeDeps, scope: Scope, id: string): Promise<void> {
  await deps.database.transaction(async (tx) => {
    await deps.ledger.append(tx, {
      municipality: scope.municipality,
      kind: 'intake.connection-ended',
      coarse: 'custody',
      subjects: [`connection:${id}`],
      actor: scope.actor,
      fields: {},
    })
    if (!(await endConnection(tx, scope, id, deps.clock.nowMs()))) {
      throw new Refusal('intake.not-found')
    }
  })
}

/** The connection file of the interface, version 1.0, at most 64 kB. */
function fileOf(deps: IntakeDeps, row: ConnectionRow, secret: string, url: string): string {
  const encryption =
    row.public_key === null
      ? { WantEncryption: false }
      : {
          WantEncryption: true,
          PublicKey: Buffer.from(row.public_key).toString('base64'),
          PublicKeyId: row.public_key_id,
        }
  const file = {
    ConnectionFileVersion: '1.0',
    SiteName: row.site_name,
    ApplicationName: 'Sereno',
    ApplicationVersion: deps.config.version.slice(0, 128),
    ContentDestinationAsNTPServer: false,
    AuthenticationTokenURI: [`${url.replace(/\/$/, '')}/auth/v1.0`],
    HTTPSCertificate: certificatesOf(deps.config.dataFolder),
    BlobAPIKey: secret,
    BlobAPIUserName: row.user_name,
    ContainerType: 'mkv',
    FullStoreAndReadSupport: false,
    ...encryption,
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** The local authority's certificate, where the installation made one for its own network (`--lan`). */
function certificatesOf(dataFolder: string): readonly string[] {
  const file = path.join(dataFolder, 'tls', 'authority.crt')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)]
    .map(([, body = '']) => body.replaceAll(/\s/g, ''))
    .slice(0, 10)
}

export type Tokens = {
  readonly open: (user: string, key: string) => Promise<{ readonly token: string; readonly row: ConnectionRow } | null>
  /** Null too once its connection has ended: that is asked for at each request. */
  readonly of: (token: string) => Promise<ConnectionRow | null>
}

/** Tokens live in memory: after a restart the controller is answered 401 and asks for another, as its protocol says. */
export function createTokens(deps: IntakeDeps, validMs: number): Tokens {
  const tokens = new Map<string, { readonly row: ConnectionRow; readonly expiresAt: number }>()
  return {
    async open(user, key) {
      const row = await connectionByUser(deps.database.db, user)
      const given = createHash('sha256').update(key).digest()
      // The same work whether or not the name is known.
      const expected = Buffer.from(row?.key_sha256 ?? '0'.repeat(64), 'hex')
      if (!timingSafeEqual(given, expected) || row === null) {
        return null
      }
      for (const [token, { expiresAt }] of tokens) {
        if (expiresAt < deps.clock.nowMs()) {
          tokens.delete(token)
        }
      }
      const token = deps.ids.token(32)
      tokens.set(token, { row, expiresAt: deps.clock.nowMs() + validMs })
      return { token, row }
    },
    async of(token) {
      const found = tokens.get(token)
      if (found === undefined || found.expiresAt < deps.clock.nowMs()) {
        return null
      }
      const row = await connectionByUser(deps.database.db, found.row.user_name)
      if (row === null) {
        tokens.delete(token)
      }
      return row
    },
  }
}
