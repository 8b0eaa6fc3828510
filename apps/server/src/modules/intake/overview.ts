/** What the control room's page of other cameras shows. */
import type { intakeOperations, ReplyOf } from '@sereno/contracts'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import { type ConnectionRow, connectionsOf } from './axis/store.ts'
import { copiesWaiting } from './copies.ts'
import type { IntakeDeps } from './door.ts'
import type { MediaTools } from './sandbox.ts'
import { type SourceLine, sourcesOf } from './sources.ts'
import { openUploads } from './store.ts'

type Overview = ReplyOf<(typeof intakeOperations)['GET /intake']>
type SourceView = Overview['sources'][number]
type ConnectionView = Overview['connections'][number]

const refusedForMs = 7 * 86_400_000

export async function overview(deps: IntakeDeps, scope: Scope, tools: () => MediaTools): Promise<Overview> {
  const db = deps.database.db
  const now = deps.clock.nowMs()
  const [uploads, sources, connections, unreadable, waiting] = await Promise.all([
    openUploads(db, scope, now - refusedForMs),
    sourcesOf(db, scope),
    connectionsOf(db, scope),
    unreadableFiles(deps, scope),
    copiesWaiting(db, scope),
  ])
  const sites = new Map(connections.map(({ id, site_name }) => [id, site_name]))
  return {
    uploads: uploads.map((row) => ({
      id: row.id,
      name: row.name,
      dock: { id: row.dock, code: row.dock_code },
      state: row.state,
      sizeBytes: row.size_bytes,
      receivedBytes: row.received_bytes,
      startedAt: row.created_at,
      heardAt: row.heard_at,
      refusal: row.refusal,
    })),
    sources: await Promise.all(sources.map((row) => sourceView(deps, scope, row, sites))),
    unreadable,
    connections: connections.map(connectionView),
    copies: { waiting, possible: tools().ffmpeg !== null },
    nowMs: now,
    may: deps.identity.permits(scope.actor, 'device.enrol') ? ['intake.match', 'intake.connect'] : [],
  }
}

export async function sourceView(
  deps: IntakeDeps,
  scope: Scope,
  row: SourceLine,
  sites: ReadonlyMap<string, string>,
): Promise<SourceView> {
  const device = row.device === null ? null : await deps.fleet.device(scope, row.device)
  const officer = row.officer === null ? null : await deps.fleet.officer(scope, row.officer)
  return {
    id: row.id,
    kind: row.kind,
    system: sites.get(row.system) ?? row.system,
    name: row.name === '' ? row.key : row.name,
    key: row.key,
    model: row.model,
    state: row.state,
    device: device === null ? null : { id: device.id, code: device.code },
    officer,
    recordings: row.recordings,
    seenAt: row.seen_at,
  }
}

export function connectionView(row: ConnectionRow & { readonly recordings?: number }): ConnectionView {
  return {
    id: row.id,
    siteName: row.site_name,
    userName: row.user_name,
    createdAt: row.created_at,
    createdBy: row.created_by,
    heardAt: row.heard_at,
    system: row.system_name ?? row.system_id,
    recordings: row.recordings ?? 0,
    wantsEncryption: row.public_key !== null,
  }
}

type Unreadable = Overview['unreadable'][number]

async function unreadableFiles(deps: IntakeDeps, scope: Scope): Promise<Unreadable[]> {
  const found = await sql<{
    recording: string
    code: string
    sequence: number
    name: string
    size_bytes: number
    sha256: string
    received_at: number
  }>`select f.recording, r.code, f.sequence, f.name, f.size_bytes, f.sha256, r.received_at
    from original_file f join recording r on r.municipality = f.municipality and r.id = f.recording
    where f.municipality = ${scope.municipality}::uuid and f.role = 'unreadable' and r.destroyed_at is null
    order by r.received_at desc limit 200`.execute(deps.database.db)
  return found.rows.map((row) => ({
    recording: row.recording,
    code: row.code,
    sequence: row.sequence,
    name: row.name,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    receivedAt: row.received_at,
  }))
}
