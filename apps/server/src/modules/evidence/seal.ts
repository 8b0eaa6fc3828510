/**
 * Sealing: the manifest of a recording, signed; afterwards it is the truth and rows are its index. In this order:
 *
 *  1. every statement is read and put together            crash: nothing happened
 *  2. the manifest is signed by the manifest key          crash: a signed manifest nobody has; the next one replaces it
 *  3. one transaction: the recording's row is locked and compared with what was read in 1; the manifest, its hash in a
 *     ledger entry, the state and the event                crash before commit: as 2; after: sealed
 *
 * What arrives after 3 is kept as it is and gets a supplement: a manifest that names the first one, by the same steps.
 * What contradicts the rest (after the stop, another init, a broken link) is named beside the statements, as a conflict
 * is, never among them: nobody can spoil a package by signing one statement more.
 */
import { hash } from 'node:crypto'
import { encodeManifest, leafHash, type Manifest, manifestPayloadType, toHex, trackDigest } from '@sereno/proof'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { type Assembled, assemble } from './assembly.ts'
import type { EvidenceDeps, EvidenceSettings } from './deps.ts'
import { quarantine } from './events.ts'
import { judgeSeal, type SealAnswer } from './evidence.ts'
import { readArrived } from './reading.ts'
import {
  addManifest,
  changeRecording,
  countAfterStop,
  declaredStillMissing,
  lockRecording,
  manifestsOf,
  needRecording,
  numberSupplement,
} from './store.ts'
import type { RecordingRow } from './tables.ts'
import { positionOf } from './translate.ts'

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

export function createSeal(deps: EvidenceDeps, settings: EvidenceSettings): Seal {
  const db = deps.database.db

  async function assembled(scope: Scope, recording: string): Promise<Assembled> {
    const size = deps.ledger.newestCheckpoint()?.size ?? null
    return assemble(await readArrived(db, scope, recording), size)
  }

  async function manifestOf(row: RecordingRow, read: Assembled, supplementOf: string | null): Promise<Manifest> {
    const first = read.accepted[0]?.statement.body
    if (first === undefined) {
      throw new Error('a recording without statements')
    }
    const key = await deps.fleet.keyOf(db, first.device, first.keyEpoch)
    const enrolment = key === null ? null : await deps.ledger.proofOf(key.enrolmentEntry)
    if (enrolment === null) {
      // Enrolments are published within a minute: sealing waits for what it must name.
      throw new Unavailable('ledger')
    }
    const { facts, accepted } = read
    const points = await deps.tracks.track(db, row.track_of ?? row.device, row.started_at, row.ended_at)
    return {
      format: 1,
      installation: deps.config.installation,
      municipality: row.municipality,
      recording: row.id,
      // Who signed: the camera itself, or whoever took its files in.
      device: first.device,
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
      equivocations: read.equivocations,
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
    made: Assembled,
    by: { readonly actor: Actor; readonly policy?: string; readonly reason?: string | undefined },
  ): Promise<boolean> {
    const manifest = await manifestOf(read, made, null)
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
      await deps.ledger.stampManifest(tx, municipality, sha256)
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
        afterStop: await countAfterStop(db, scope, row),
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
    const made = await assembled(scope, recording)
    if (made.facts.state !== 'complete' || made.leftOut > 0) {
      // Everything is here and yet it does not fit together: a person must look.
      await deps.database.transaction((tx) => quarantine(deps, tx, row, 'broken-chain'))
      return false
    }
    return write(scope, row, made, { actor })
  }

  async function byPerson(scope: Scope, recording: string, wish: Wish, policy: string): Promise<void> {
    const row = await needRecording(db, scope, recording)
    const answer = await judge(row, true, wish.incomplete)
    if (answer.kind === 'refused') {
      throw new Refusal(answer.code)
    }
    const made = await assembled(scope, recording)
    const by = { actor: scope.actor, policy, reason: wish.reason }
    if (!(await write(scope, row, made, by))) {
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
    const manifest = await manifestOf(read, await assembled(scope, recording), firstOne.sha256)
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
      await deps.ledger.stampManifest(tx, municipality, sha256)
    })
  }

  return { automatic, byPerson, supplement }
}
