/**
 * Makes an evidence package (design §3, step 9). In this order:
 *
 *  1. the policy decides; a refused export is an entry           crash: nothing left
 *  2. one transaction: the entry of the export                   crash after commit: an entry of a copy nobody has
 *  3. the log's promise of it; then the log is asked to publish, and waited for a little
 *  4. the entries of the recording with their proofs towards one checkpoint, and the sheet: the plan, with its size
 *  5. one row with the plan; only now does an address exist      crash before: as 2
 *  6. whoever asked fetches it: originals decrypted while they are sent, the last member signed by the package key
 */
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { asItWas } from './as-it-was.ts'
import { isSound } from './assembly.ts'
import type { EvidenceDeps, EvidenceSettings } from './deps.ts'
import { type Allowed, allow, officerOf, referenceOf } from './look.ts'
import { createPackages } from './package.ts'
import { type ExportWish, manifestOf, writePlan } from './package-plan.ts'
import { createPlanner } from './plan.ts'
import { readArrived } from './reading.ts'
import { addExport, findExport, manifestsOf, needRecording } from './store.ts'
import type { ExportRow, ManifestRow, RecordingRow } from './tables.ts'

export type MadeExport = {
  readonly export: string
  readonly entry: string
  readonly promise: string
  readonly url: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly expiresAt: number
}
export type Exports = {
  /** `decided` by a module on the right; `validMs`, where a copy waits longer than usual to be fetched. */
  readonly make: (
    scope: Scope,
    recording: string,
    wish: ExportWish,
    decided?: Allowed & { readonly validMs?: number },
  ) => Promise<MadeExport>
  readonly fetch: (
    scope: Scope,
    id: string,
  ) => Promise<{
    readonly recording: string
    readonly fileName: string
    readonly sizeBytes: number
    /** Nothing is read before it is asked for. */
    readonly bytes: AsyncGenerator<Uint8Array>
  }>
}

export function createExports(deps: EvidenceDeps, settings: EvidenceSettings): Exports {
  const db = deps.database.db
  const packages = createPackages(deps)
  const planOf = createPlanner(deps)

  async function make(
    scope: Scope,
    recording: string,
    wish: ExportWish,
    decided?: Allowed & { readonly validMs?: number },
  ): Promise<MadeExport> {
    const row = await needRecording(db, scope, recording)
    const { policy } = decided ?? (await allow(deps, scope, 'recording.export', row, wish))
    if (row.destroyed_at !== null) {
      throw new Refusal('recording.destroyed')
    }
    const manifests = await manifestsOf(db, scope, recording)
    const first = manifests[0]
    if (row.state !== 'sealed' || first === undefined) {
      throw new Refusal('recording.not-sealed')
    }
    const newest = await newestSound(scope, manifests, first)
    const id = deps.ids.uuid()
    const entry = await deps.database.transaction(async (tx) => {
      if (decided === undefined) {
        await deps.identity.rememberTask(tx, scope.actor, wish)
      }
      return deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'recording.exported',
        coarse: 'access',
        subjects: [`recording:${recording}`, `person:${scope.actor.id}`, ...officerOf(row)],
        actor: scope.actor,
        purpose: wish.purpose,
        policy,
        allowed: true,
        fields: {
          export: id,
          positions: String(wish.positions),
          manifest: newest.sha256,
          ...asItWas(row),
          ...referenceOf(wish),
        },
      })
    })
    const promise = await deps.ledger.promiseOf(scope.municipality, entry.leafHash)
    await published(entry.id)
    const plan = await planOf(scope, row, { first, newest }, wish, { ...entry, promise })
    const sizeBytes = await packages.sizeOf(scope, row, plan)
    const expiresAt = deps.clock.nowMs() + (decided?.validMs ?? settings.exportMs)
    const fileName = fileNameOf(row)
    await addExport(db, {
      municipality: scope.municipality,
      id,
      recording,
      account: scope.actor.id,
      purpose: wish.purpose,
      positions: wish.positions,
      entry: entry.id,
      file_name: fileName,
      size_bytes: sizeBytes,
      plan: writePlan(plan),
      created_at: plan.madeAtMs,
      expires_at: expiresAt,
    })
    return {
      export: id,
      entry: entry.id,
      promise,
      url: `/api/exports/${id}/package.zip`,
      fileName,
      sizeBytes,
      expiresAt,
    }
  }

  /** The last manifest without a contradiction: one supplement that does not hold must not spoil every copy. */
  async function newestSound(
    scope: Scope,
    manifests: readonly ManifestRow[],
    first: ManifestRow,
  ): Promise<ManifestRow> {
    const arrived = await readArrived(db, scope, first.recording)
    const sound = manifests.toReversed().find((one) => isSound(manifestOf(one.envelope), arrived))
    return sound ?? manifests.at(-1) ?? first
  }

  // Whether or not it is published in time: what is not yet in a checkpoint is named on the sheet.
  async function published(entry: string): Promise<void> {
    const deadline = deps.clock.monotonicMs() + settings.exportWaitMs
    await deps.ledger.flush()
    while ((await deps.ledger.proofOf(entry)) === null) {
      const leftMs = deadline - deps.clock.monotonicMs()
      if (leftMs <= 0) {
        return
      }
      await nextCheckpoint(Math.min(leftMs, 1_000))
    }
  }

  function nextCheckpoint(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      const stop = deps.ledger.onCheckpoint(done)
    })
  }

  async function fetch(scope: Scope, id: string): ReturnType<Exports['fetch']> {
    const made: ExportRow | null = await findExport(db, scope, id)
    if (made === null || made.expires_at <= deps.clock.nowMs()) {
      throw new Refusal('recording.not-found')
    }
    const row = await needRecording(db, scope, made.recording)
    if (row.destroyed_at !== null) {
      throw new Refusal('recording.destroyed')
    }
    const bytes = packages.stream(scope, row, made)
    return { recording: row.id, fileName: made.file_name, sizeBytes: made.size_bytes, bytes }
  }

  return { make, fetch }
}

function fileNameOf(row: RecordingRow): string {
  const day = new Date(row.started_at).toISOString().slice(0, 10)
  return `sereno-${row.device_code.replace(/[^A-Za-z0-9-]/g, '')}-${day}-${row.code}.zip`
}
