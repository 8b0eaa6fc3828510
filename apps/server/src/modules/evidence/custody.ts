/** What people in the control room add to a recording: marks, a category, declared gaps. Each with its entry. */
import type { BodyOf, Category, evidenceOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { resourceOf } from './access.ts'
import type { EvidenceDeps } from './deps.ts'
import { type MarkerView, markerView } from './detail.ts'
import { noteHash } from './notes.ts'
import { addDeclaredGaps, addMarker, changeRecording, lockRecording, missingOf, needRecording } from './store.ts'
import type { MarkerRow } from './tables.ts'

type Operations = typeof evidenceOperations
type NewMarker = BodyOf<Operations['POST /recordings/:id/markers']>
type NewGap = BodyOf<Operations['POST /recordings/:id/gaps']>

export type Custody = {
  readonly mark: (scope: Scope, recording: string, marker: NewMarker) => Promise<MarkerView>
  readonly categorise: (
    scope: Scope,
    recording: string,
    wish: { readonly category: Category; readonly note?: string },
  ) => Promise<void>
  /** Refuses `request.invalid` when nothing in the range is missing: an observed gap is never declared over. */
  readonly declareGap: (scope: Scope, recording: string, gap: NewGap) => Promise<void>
}

/** Fields that fix a change of the note without telling it: SHA-256 of the UTF-8 text; empty where there was none. */
export function noteFields(before: string | null, after: string | undefined): Record<string, string> {
  if (after === undefined || after === before) {
    return {}
  }
  return { noteBefore: before === null ? '' : noteHash(before), note: noteHash(after) }
}

const mostDeclared = 100_000

export function createCustody(deps: EvidenceDeps): Custody {
  const db = deps.database.db

  async function mark(scope: Scope, recording: string, marker: NewMarker): Promise<MarkerView> {
    const row = await needRecording(db, scope, recording)
    const { policy } = deps.identity.require(scope.actor, 'recording.mark', resourceOf(row))
    const made: MarkerRow = {
      municipality: scope.municipality,
      id: deps.ids.uuid(),
      recording,
      marked_at: marker.atMs,
      category: marker.category ?? null,
      note: marker.note ?? null,
      by_kind: 'person',
      by_id: scope.actor.id,
      by_name: scope.actor.name,
      created_at: deps.clock.nowMs(),
    }
    await deps.database.transaction(async (tx) => {
      await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.marked',
        coarse: 'custody',
        subjects: [`recording:${recording}`],
        actor: scope.actor,
        policy,
        fields: {
          marker: made.id,
          markedAt: String(made.marked_at),
          category: made.category ?? '',
          ...noteFields(null, marker.note),
        },
      })
      await addMarker(tx, made)
    })
    return markerView(made)
  }

  async function categorise(
    scope: Scope,
    recording: string,
    wish: { readonly category: Category; readonly note?: string },
  ): Promise<void> {
    const row = await needRecording(db, scope, recording)
    const { policy } = deps.identity.require(scope.actor, 'recording.mark', resourceOf(row))
    await deps.database.transaction(async (tx) => {
      await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.categorised',
        coarse: 'custody',
        subjects: [`recording:${recording}`],
        actor: scope.actor,
        policy,
        fields: { category: wish.category, before: row.category ?? '', ...noteFields(row.note, wish.note) },
      })
      await changeRecording(tx, scope, recording, { category: wish.category, note: wish.note ?? row.note })
      await deps.events.publish(tx, 'recording.categorised', scope.municipality, { recording })
    })
  }

  async function declareGap(scope: Scope, recording: string, gap: NewGap): Promise<void> {
    const read = await needRecording(db, scope, recording)
    const { policy } = deps.identity.require(scope.actor, 'recording.seal', resourceOf(read))
    await deps.database.transaction(async (tx) => {
      const row = await lockRecording(tx, scope, recording)
      if (row.state === 'sealed') {
        throw new Refusal('recording.already-sealed')
      }
      const missing = (await missingOf(tx, scope, row, mostDeclared)).filter(
        (sequence) => sequence >= gap.fromSequence && sequence <= gap.toSequence,
      )
      if (missing.length === 0) {
        throw new Refusal('request.invalid', { where: 'body', message: 'nothing is missing there' })
      }
      const entry = await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.gap-declared',
        coarse: 'custody',
        subjects: [`recording:${recording}`, `device:${row.device}`],
        actor: scope.actor,
        policy,
        fields: { from: String(gap.fromSequence), to: String(gap.toSequence), reason: gap.reason },
      })
      const added = await addDeclaredGaps(
        tx,
        missing.map((sequence) => ({
          municipality: scope.municipality,
          recording,
          sequence,
          reason: gap.reason,
          by_id: scope.actor.id,
          by_name: scope.actor.name,
          declared_at: deps.clock.nowMs(),
          entry: entry.id,
        })),
      )
      await changeRecording(tx, scope, recording, { declared: row.declared + added })
    })
  }

  return { mark, categorise, declareGap }
}
