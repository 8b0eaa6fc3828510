/**
 * Sealing: the manifest of a recording, signed; afterwards it is the truth and rows are its index. In this order:
 *
 *  1. every statement is read and put together            crash: nothing happened
 *  2. the manifest is signed by the manifest key          crash: a signed manifest nobody has; the next one replaces it
 *  3. one transaction: the recording's row is locked and compared with what was read in 1; the manifest, its hash in a
 *     ledger entry, the state and the event                crash before commit: as 2; after: sealed
 *
 * What arrives after 3 is kept as it is and gets a supplement: a manifest that names the first one, by the same steps.
 */
import { hash } from 'node:crypto'
import {
  assembleRecording,
  encodeManifest,
  type KnownStatement,
  leafHash,
  type Manifest,
  manifestPayloadType,
  openStatement,
  type RecordingFacts,
  toHex,
  trackDigest,
} from '@sereno/proof'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import type { EvidenceDeps, EvidenceSettings } from './door.ts'
import { quarantine } from './events.ts'
import { judgeSeal, type SealAnswer } from './evidence.ts'
import {
  addManifest,
  changeRecording,
  declaredStillMissing,
  lockRecording,
  manifestsOf,
  needRecording,
  numberSupplement,
  wholeStatements,
} from './store.ts'
import type { RecordingRow } from './tables.ts'
import { positionOf } from './translate.ts'

const pageSize = 500
/** Names the rules of capture and custody in force: pre-event buffer, waiting periods, who may look. */
const policyInForce = 'sereno-capture/1'

export type Wish = { readonly incomplete: boolean; readonly reason?: string | undefined }
export type Seal = {
  /** Seals by itself; false when it may not be sealed yet, or a person must look first. */
  readonly automatic: (municipality: string, recording: string) => Promise<boolean>
  /** A custodian's wish. Throws the refusals of `judgeSeal`. */
  readonly byPerson: (scope: Scope, recording: string, wish: Wish, policy: string) => Promise<void>
  /** Signs a supplement for what arrived after sealing. */
  readonly supplement: (municipality: string, recording: string) => Promise<void>
}

type Assembled = {
  /** Of the accepted statements alone, one for each sequence: what a verifier will find. */
  readonly facts: RecordingFacts
  readonly accepted: readonly KnownStatement[]
  readonly equivocations: RecordingFacts['equivocations']
}

export function createSeal(deps: EvidenceDeps, settings: EvidenceSettings): Seal {
  const db = deps.database.db

  async function assemble(scope: Scope, recording: string): Promise<Assembled> {
    const all: KnownStatement[] = []
    const accepted: KnownStatement[] = []
    for (let from = 0; ; ) {
      const page = await wholeStatements(db, scope, recording, from, pageSize)
      for (const row of page) {
        const opened = openStatement(Buffer.from(row.envelope, 'latin1'))
        if (!opened.ok) {
          throw new Error(`a kept statement does not open: ${recording} ${row.sequence} ${opened.code}`)
        }
        const known = { hash: row.statement_sha256, statement: opened.value.statement }
        all.push(known)
        if (row.version === 0) {
          accepted.push(known)
        }
      }
      const last = page.at(-1)
      if (last === undefined || page.length < pageSize) {
        const { equivocations } = assembleRecording(all)
        return { facts: assembleRecording(accepted), accepted, equivocations }
      }
      // The last sequence again, since its other versions may lie on the next page; the set of hashes removes doubles.
      from = page.length === pageSize && page[0]?.sequence !== last.sequence ? last.sequence : last.sequence + 1
      removeFrom(all, from)
      removeFrom(accepted, from)
    }
  }

  async function manifestOf(row: RecordingRow, assembled: Assembled, supplementOf: string | null): Promise<Manifest> {
    const first = assembled.accepted[0]?.statement.body
    if (first === undefined) {
      throw new Error('a recording without statements')
    }
    const key = await deps.fleet.keyOf(db, row.device, first.keyEpoch)
    const enrolment = key === null ? null : await deps.ledger.proofOf(key.enrolmentEntry)
    if (enrolment === null) {
      // Enrolments are published within a minute: sealing waits for what it must name.
      throw new Unavailable('ledger')
    }
    const { facts, accepted } = assembled
    const points = await deps.tracks.track(db, row.device, row.started_at, row.ended_at)
    return {
      format: 1,
      installation: deps.config.installation,
      municipality: row.municipality,
      recording: row.id,
      device: row.device,
      keyEpoch: first.keyEpoch,
      enrolment: toHex(await leafHash(enrolment.leaf)),
      officer: row.officer === null ? null : { id: row.officer, code: row.officer_code ?? '?' },
      policy: policyInForce,
      sealedAtMs: deps.clock.nowMs(),
      incomplete: facts.state !== 'complete',
      supplementOf,
      init: facts.init,
      statements: accepted.map((known) => ({ sequence: known.statement.body.sequence, statement: known.hash })),
      count: accepted.length,
      head: accepted.at(-1)?.hash ?? null,
      stop: facts.stop?.reason ?? null,
      gaps: facts.gaps,
      missing: facts.missing,
      equivocations: assembled.equivocations,
      track: points.length === 0 ? null : await trackDigest(points.map(positionOf)),
    }
  }

  async function signed(manifest: Manifest): Promise<{ readonly envelope: string; readonly sha256: string }> {
    const bytes = await deps.signer.sign('manifest', manifestPayloadType, encodeManifest(manifest))
    return { envelope: Buffer.from(bytes).toString('latin1'), sha256: hash('sha256', bytes) }
  }

  async function write(
    scope: Scope,
    read: RecordingRow,
    assembled: Assembled,
    by: { readonly actor: Actor; readonly policy?: string; readonly reason?: string | undefined },
  ): Promise<boolean> {
    const manifest = await manifestOf(read, assembled, null)
    const { envelope, sha256 } = await signed(manifest)
    return deps.database.transaction(async (tx) => {
      const row = await lockRecording(tx, scope, read.id)
      if (row.state === 'sealed' || row.statements !== read.statements || row.received_at !== read.received_at) {
        return false
      }
      const entry = await deps.ledger.append(tx, {
        municipality: row.municipality,
        kind: 'recording.sealed',
        coarse: 'recording',
        subjects: [`recording:${row.id}`, `device:${row.device}`],
        actor: by.actor,
        policy: by.policy,
        fields: {
          recording: row.id,
          manifest: sha256,
          incomplete: String(manifest.incomplete),
          statements: String(manifest.count),
          ...(by.reason === undefined ? {} : { reason: by.reason }),
        },
      })
      const { municipality, id: recording } = row
      const signedAt = manifest.sealedAtMs
      await addManifest(tx, {
        municipality,
        recording,
        number: 0,
        sha256,
        envelope,
        entry: entry.id,
        signed_at: signedAt,
      })
      await changeRecording(tx, scope, row.id, {
        state: 'sealed',
        incomplete: manifest.incomplete,
        sealed_at: signedAt,
        manifest_sha256: sha256,
      })
      await deps.events.publish(tx, 'recording.sealed', municipality, { recording, manifestSha256: sha256 })
      return true
    })
  }

  async function judge(row: RecordingRow, byPerson: boolean, incomplete: boolean): Promise<SealAnswer> {
    const scope = { municipality: row.municipality, actor: systemActor(row.municipality) }
    return judgeSeal(
      {
        state: row.state,
        statements: row.statements,
        highestSequence: row.highest_sequence,
        stopSequence: row.stop_sequence,
        quarantine: row.quarantine,
        destroyed: row.destroyed_at !== null,
        initStored: row.init_stored,
        segments: row.segments,
        declared: row.declared === 0 ? 0 : await declaredStillMissing(db, scope, row.id),
        receivedAt: row.received_at,
      },
      { byPerson, incomplete, nowMs: deps.clock.nowMs(), waitMs: settings.incompleteAfterMs },
    )
  }

  async function automatic(municipality: string, recording: string): Promise<boolean> {
    const actor = systemActor(municipality)
    const scope = { municipality, actor }
    const row = await needRecording(db, scope, recording)
    if ((await judge(row, false, false)).kind !== 'complete') {
      return false
    }
    const assembled = await assemble(scope, recording)
    if (assembled.facts.state !== 'complete') {
      // Everything is here and yet it does not fit together: a person must look.
      await deps.database.transaction((tx) => quarantine(deps, tx, row, 'broken-chain'))
      return false
    }
    return write(scope, row, assembled, { actor })
  }

  async function byPerson(scope: Scope, recording: string, wish: Wish, policy: string): Promise<void> {
    const row = await needRecording(db, scope, recording)
    const answer = await judge(row, true, wish.incomplete)
    if (answer.kind === 'refused') {
      throw new Refusal(answer.code)
    }
    const assembled = await assemble(scope, recording)
    const by = { actor: scope.actor, policy, reason: wish.reason }
    if (!(await write(scope, row, assembled, by))) {
      // Something arrived in the meantime: what the custodian decided upon is no longer what is there.
      throw new Refusal('recording.incomplete')
    }
  }

  async function supplement(municipality: string, recording: string): Promise<void> {
    const actor = systemActor(municipality)
    const scope = { municipality, actor }
    const read = await needRecording(db, scope, recording)
    const earlier = await manifestsOf(db, scope, recording)
    const firstOne = earlier[0]
    if (firstOne === undefined) {
      return
    }
    const assembled = await assemble(scope, recording)
    const manifest = await manifestOf(read, assembled, firstOne.sha256)
    const { envelope, sha256 } = await signed(manifest)
    await deps.database.transaction(async (tx) => {
      const row = await lockRecording(tx, scope, recording)
      if (row.statements !== read.statements || row.received_at !== read.received_at) {
        return
      }
      const number = (earlier.at(-1)?.number ?? 0) + 1
      const entry = await deps.ledger.append(tx, {
        municipality,
        // The same kind as the first: it is the entry that a verifier looks for.
        kind: 'recording.sealed',
        coarse: 'recording',
        subjects: [`recording:${recording}`, `device:${row.device}`],
        actor,
        fields: { recording, manifest: sha256, supplementOf: firstOne.sha256, number: String(number) },
      })
      const signedAt = manifest.sealedAtMs
      await addManifest(tx, { municipality, recording, number, sha256, envelope, entry: entry.id, signed_at: signedAt })
      await numberSupplement(tx, scope, recording, number)
    })
  }

  return { automatic, byPerson, supplement }
}

function removeFrom(known: KnownStatement[], sequence: number): void {
  while ((known.at(-1)?.statement.body.sequence ?? -1) >= sequence) {
    known.pop()
  }
}
