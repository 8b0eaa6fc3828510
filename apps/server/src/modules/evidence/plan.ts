/** What a package will hold, settled while it is made: proofs towards one checkpoint, and the facts of the sheet. */
import { toBase64, toHex } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import { Unavailable } from '../../kernel/errors.ts'
import type { EntryProof } from '../ledger/index.ts'
import { opens } from './audience.ts'
import { toldOf } from './custody-list.ts'
import type { EvidenceDeps } from './deps.ts'
import { disclosedNotes, sheetMarks } from './notes.ts'
import { type ExportWish, manifestOf, type Plan, type PromisedEntry } from './package-plan.ts'
import type { SheetFacts } from './sheet.ts'
import { declaredGaps, markersOf, openingsOf } from './store.ts'
import type { ManifestRow, RecordingRow } from './tables.ts'
import { custodyProofOf, leafOf } from './translate.ts'
import { trustOf } from './trust.ts'

type SignedBy = { readonly device: string; readonly keyEpoch: number }
type Proved = { readonly entries: readonly EntryProof[]; readonly enrolment: EntryProof; readonly checkpoint: string }
/** The export's own entry, with the log's promise (base64) to publish it. */
type MadeEntry = { readonly id: string; readonly leafHash: Uint8Array; readonly promise: string }

export type Planner = (
  scope: Scope,
  row: RecordingRow,
  manifests: { readonly first: ManifestRow; readonly newest: ManifestRow },
  wish: ExportWish,
  made: MadeEntry,
) => Promise<Plan>

export function createPlanner(deps: EvidenceDeps): Planner {
  const db = deps.database.db

  // Proofs asked for one after the other may lead to different checkpoints; a package has one.
  async function provedTogether(scope: Scope, row: RecordingRow, by: SignedBy): Promise<Proved> {
    const key = await deps.fleet.keyOf(db, by.device, by.keyEpoch)
    for (let attempt = 0; key !== null && attempt < 10; attempt += 1) {
      const entries = await deps.ledger.proofsOf(scope, `recording:${row.id}`)
      const enrolment = await deps.ledger.proofOf(key.enrolmentEntry)
      const checkpoint = entries[0]?.checkpoint
      if (enrolment !== null && checkpoint !== undefined && enrolment.checkpoint === checkpoint) {
        return { entries, enrolment, checkpoint }
      }
    }
    throw new Unavailable('ledger')
  }

  async function planOf(
    scope: Scope,
    row: RecordingRow,
    { first, newest }: { readonly first: ManifestRow; readonly newest: ManifestRow },
    wish: ExportWish,
    made: MadeEntry,
  ): Promise<Plan> {
    const manifest = manifestOf(newest.envelope)
    const proved = await provedTogether(scope, row, manifest)
    if (!proved.entries.some((entry) => entry.id === newest.entry)) {
      // Without the seal's own entry the package would fail its verification: better to ask again shortly.
      throw new Unavailable('ledger')
    }
    const madeAtMs = deps.clock.nowMs()
    const all = await toldOf(deps, scope, row.id, wish.audience)
    const entries = openedTo(
      wish.audience === undefined ? null : new Map(all.map(({ id, kind }) => [id, kind])),
      proved,
    )
    const provedIds = new Set(proved.entries.map((entry) => entry.id))
    const municipality = deps.identity.municipality()
    // C2SP checkpoint: origin, size and root on lines of their own.
    const checkpointSize = Number(proved.checkpoint.split('\n')[1] ?? 0)
    const timestamps = (await deps.packageExtras?.timestamps?.(newest.sha256, proved.checkpoint)) ?? []
    // Marks and notes of people are for those who work with them here.
    const markers = wish.audience === undefined ? await markersOf(db, scope, row.id) : []
    const sheet: SheetFacts = {
      municipality: municipality?.name ?? '',
      fictitious: municipality?.fictitious ?? false,
      timeZone: municipality?.timeZone ?? 'UTC',
      recording: row.id,
      code: row.code,
      device: row.device_code,
      simulated: row.simulated,
      quarantine: row.quarantine,
      officer: row.officer === null ? null : `${row.officer_name ?? ''} (${row.officer_code ?? ''})`,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      durationMs: row.duration_ms,
      segments: row.segments,
      gaps: manifest.gaps,
      missing: manifest.missing,
      declared: (await declaredGaps(db, scope, row.id)).map((gap) => ({ ...gap, by: gap.by_name })),
      incomplete: manifest.incomplete,
      supplementOf: manifest.supplementOf,
      stop: manifest.stop,
      sealedAt: manifest.sealedAtMs,
      manifestSha256: newest.sha256,
      positions: wish.positions,
      exporter: scope.actor.name,
      purpose: wish.purpose,
      reference: wish.reference ?? null,
      madeAt: madeAtMs,
      checkpointSize,
      cosignatures: cosignersOf(proved.checkpoint),
      timestamps: timestamps.length,
      pending: all.filter((entry) => !provedIds.has(entry.id)).map((entry) => `${entry.kind} ${entry.id}`),
      entries: all.filter((entry) => entry.kind !== 'recording.head').toReversed(),
      closed: entries.filter(({ openings }) => openings?.length === 0).length,
      marks: wish.audience === undefined ? sheetMarks(row, markers) : [],
    }
    return {
      sheet,
      origin: await trustOf(deps),
      manifest: newest.envelope,
      firstManifest: manifest.supplementOf === null ? null : first.envelope,
      enrolment: custodyProofOf(proved.enrolment),
      entries: entries.map(custodyProofOf),
      checkpoint: proved.checkpoint,
      disclosed: wish.positions ? (await openingsOf(db, scope, row.id)).map(({ sequence }) => sequence) : [],
      exportEntry: toHex(made.leafHash),
      exportProof: provedIds.has(made.id) ? null : await promisedOf(made),
      notes: wish.audience === undefined ? await disclosedNotes(entries, row, markers) : [],
      timestamps: timestamps.map(({ token, ...stamp }) => ({ ...stamp, token: toBase64(token) })),
      verifier: (await deps.packageExtras?.verifier?.())?.sha256 ?? null,
      madeAtMs,
    }
  }

  async function promisedOf({ id, promise }: MadeEntry): Promise<PromisedEntry> {
    const { leaf, openings } = await deps.ledger.opened(id)
    return { leaf: leafOf(leaf), openings, promise }
  }

  return planOf
}

/** The proofs with the fields that may be told opened: all of them, or those of the entries in `told` (kind by id). */
function openedTo(told: ReadonlyMap<string, string> | null, { entries }: Proved): readonly EntryProof[] {
  return told === null
    ? entries
    : entries.map((entry) => {
        const kind = told.get(entry.id)
        const openings = kind === undefined ? [] : (entry.openings ?? []).filter(({ name }) => opens(kind, name))
        return { ...entry, openings }
      })
}

// C2SP signed-note: after the empty line one line for each signature, `— name base64`; the log's own bear its origin.
function cosignersOf(checkpoint: string): number {
  const [text = '', signatures = ''] = checkpoint.split('\n\n')
  const names = new Set(signatures.split('\n').flatMap((line) => line.split(' ')[1] ?? []))
  names.delete(text.split('\n')[0] ?? '')
  return names.size
}
