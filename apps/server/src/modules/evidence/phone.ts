/** What a phone asks and says about its own recordings. Another device's recording is not found. */

import { hash } from 'node:crypto'
import type { BodyOf, Category, deliveryOperations, ReplyOf } from '@sereno/contracts'
import { decodeCanonical, fromBase64Url, openStatement, toHex, utf8 } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type Cover, coverOf } from './cover.ts'
import { noteFields } from './custody.ts'
import type { EvidenceDeps } from './deps.ts'
import { addMarker, addOpenings, changeRecording, findRecording, missingOf, wholeStatements } from './store.ts'
import type { OpeningRow, RecordingRow } from './tables.ts'

type Operations = typeof deliveryOperations
type States = ReplyOf<Operations['POST /device/recordings/states']>
type NewMarker = BodyOf<Operations['POST /device/recordings/:id/markers']>
type Openings = BodyOf<Operations['POST /device/recordings/:id/positions']>['openings']

/** Told to the phone at once; the rest follows when these have arrived. */
const missingTold = 500

export type Phone = {
  readonly cover: (scope: Scope, recording: string) => Promise<Cover>
  readonly states: (scope: Scope, ids: readonly string[]) => Promise<States>
  readonly mark: (scope: Scope, recording: string, marker: NewMarker) => Promise<void>
  readonly categorise: (
    scope: Scope,
    recording: string,
    wish: { readonly category: Category; readonly note?: string },
  ) => Promise<void>
  readonly openPositions: (scope: Scope, recording: string, openings: Openings) => Promise<void>
}

export function createPhone(deps: EvidenceDeps): Phone {
  const db = deps.database.db

  async function own(scope: Scope, id: string): Promise<RecordingRow | null> {
    const row = await findRecording(db, scope, id)
    return row !== null && row.device === scope.actor.device ? row : null
  }

  async function needOwn(scope: Scope, id: string): Promise<RecordingRow> {
    const row = await own(scope, id)
    if (row === null) {
      throw new Refusal('recording.not-found')
    }
    return row
  }

  async function stateOf(scope: Scope, id: string): Promise<States['recordings'][number]> {
    const row = await own(scope, id)
    if (row === null) {
      const nothing = { known: false, state: null, segments: 0, missing: [], coveredByCheckpoint: false }
      return { id, ...nothing, category: null, note: null }
    }
    return {
      id,
      known: true,
      state: row.state,
      segments: row.statements,
      missing: await missingOf(db, scope, row, missingTold),
      // While it grows there is always a statement that no checkpoint covers yet.
      coveredByCheckpoint: row.covered_at !== null && row.state !== 'receiving',
      category: row.category,
      note: row.note,
    }
  }

  async function states(scope: Scope, ids: readonly string[]): Promise<States> {
    const recordings: States['recordings'] = []
    for (const id of ids) {
      recordings.push(await stateOf(scope, id))
    }
    return { recordings, nowMs: deps.clock.nowMs() }
  }

  async function mark(scope: Scope, recording: string, marker: NewMarker): Promise<void> {
    const row = await needOwn(scope, recording)
    await deps.database.transaction(async (tx) => {
      const isNew = await addMarker(tx, {
        municipality: scope.municipality,
        id: marker.id,
        recording,
        marked_at: marker.atMs,
        category: marker.category ?? null,
        note: marker.note ?? null,
        by_kind: 'officer',
        by_id: row.officer ?? row.device,
        by_name: row.officer_name ?? row.device_code,
        created_at: deps.clock.nowMs(),
      })
      // The phone sends again until it is answered: one mark, one entry.
      if (isNew) {
        await deps.ledger.append(tx, {
          municipality: scope.municipality,
          kind: 'recording.marked',
          coarse: 'custody',
          subjects: [`recording:${recording}`, `device:${row.device}`],
          actor: scope.actor,
          fields: { marker: marker.id, markedAt: String(marker.atMs), category: marker.category ?? '' },
        })
      }
    })
  }

  async function officerNow(device: string): Promise<string | null> {
    return (await deps.fleet.issueAt(db, device, deps.clock.nowMs()))?.officer.id ?? null
  }

  async function categorise(
    scope: Scope,
    recording: string,
    wish: { readonly category: Category; readonly note?: string },
  ): Promise<void> {
    const row = await needOwn(scope, recording)
    if (row.category === wish.category && row.note === (wish.note ?? row.note)) {
      return
    }
    if (row.state === 'sealed' && row.officer !== (await officerNow(row.device))) {
      // The camera is in other hands now: what its last officer said of a sealed recording is not theirs to change.
      throw new Refusal('access.denied')
    }
    await deps.database.transaction(async (tx) => {
      await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.categorised',
        coarse: 'custody',
        subjects: [`recording:${recording}`, `device:${row.device}`],
        actor: scope.actor,
        fields: {
          category: wish.category,
          before: row.category ?? '',
          officer: row.officer_code ?? '',
          ...noteFields(row.note, wish.note),
        },
      })
      await changeRecording(tx, scope, recording, { category: wish.category, note: wish.note ?? row.note })
      await deps.events.publish(tx, 'recording.categorised', scope.municipality, { recording })
    })
  }

  async function openPositions(scope: Scope, recording: string, openings: Openings): Promise<void> {
    await needOwn(scope, recording)
    const rows: OpeningRow[] = []
    for (const opening of openings) {
      rows.push(await checkedOpening(scope, recording, opening))
    }
    await addOpenings(db, rows)
  }

  // Kept only when it opens what the statement committed to; a phone sends it after the statement.
  async function checkedOpening(scope: Scope, recording: string, opening: Openings[number]): Promise<OpeningRow> {
    const candidates = await wholeStatements(db, scope, recording, opening.sequence, 10)
    const statements = candidates.filter((row) => row.sequence === opening.sequence)
    if (statements.length === 0) {
      throw new Refusal('recording.not-found', { sequence: opening.sequence })
    }
    const salt = fromBase64Url(opening.salt)
    const positions = utf8(opening.positions)
    if (salt?.length !== 32 || !decodeCanonical(positions).ok) {
      throw new Refusal('segment.not-canonical', { sequence: opening.sequence })
    }
    const commitment = hash('sha256', Buffer.concat([utf8('sereno-positions-v1\0'), salt, positions]))
    const named = statements.find((row) => {
      const opened = openStatement(Buffer.from(row.envelope, 'latin1'))
      const statement = opened.ok ? opened.value.statement : null
      return statement?.kind === 'media' && statement.body.positions === commitment
    })
    if (named === undefined) {
      throw new Refusal('segment.wrong-hash', { sequence: opening.sequence })
    }
    return {
      municipality: scope.municipality,
      recording,
      sequence: opening.sequence,
      statement_sha256: named.statement_sha256,
      salt: toHex(salt),
      positions: opening.positions,
      received_at: deps.clock.nowMs(),
    }
  }

  const cover = async (scope: Scope, recording: string): Promise<Cover> =>
    coverOf(deps, scope, await needOwn(scope, recording))

  return { states, cover, mark, categorise, openPositions }
}
