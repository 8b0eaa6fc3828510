/**
 * The public export (evidence by numbers, no picture, no place, no name): what every device numbered and where each number
 * is, with proofs towards one published checkpoint. Anybody checks it alone: `sereno verify --completeness`.
 */
import {
  type Completeness,
  type CompletenessDevice,
  type CustodyProof,
  completenessFormat,
  completenessPayloadType,
  completenessStatement,
  decodeLeaf,
  encodeCompleteness,
  toHex,
} from '@sereno/proof'
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Unavailable } from '../../kernel/errors.ts'
import type { EntryProof } from '../ledger/index.ts'
import type { CompletenessDeps } from './door.ts'
import { liveGaps } from './gaps.ts'
import { enterHeads, newestHeads } from './heads.ts'
import { purchasesOf } from './purchases.ts'
import { healthOf } from './read.ts'
import type { HeadRow } from './tables.ts'

/** A month and what an auditor compares it with. */
const headsShown = 32
/** Fields anybody may see; who enrolled or explained, and in which words, stays between those entitled. */
const openFields = new Set([
  'kind',
  'at',
  'device',
  'deviceCode',
  'deviceKind',
  'keyId',
  'keyEpoch',
  'simulated',
  'day',
  'counter',
  'head',
  'devices',
  'digest',
  'first',
  'last',
  'cause',
])

/** The entry with its public fields opened; null when its opening was lost. */
export function publicProof(proof: EntryProof | undefined): CustodyProof | null {
  const leaf = proof === undefined ? null : decodeLeaf(proof.leaf)
  if (proof === undefined || leaf?.ok !== true || proof.openings === null) {
    return null
  }
  const openings = proof.openings.filter(({ name }) => openFields.has(name))
  return { index: proof.index, leaf: leaf.value, openings, proof: proof.proof.map(toHex) }
}

async function recentHeads(deps: CompletenessDeps, { municipality }: Scope): Promise<readonly HeadRow[]> {
  const found = await sql<HeadRow>`select device, day, counter, head, entry from (
      select *, row_number() over (partition by device order by day desc) as age from device_head
      where municipality = ${municipality}::uuid
    ) as aged where age <= ${headsShown} order by device, day`.execute(deps.database.db)
  return found.rows
}

export async function makeExport(deps: CompletenessDeps, municipality: string): Promise<Uint8Array> {
  const scope = { municipality, actor: systemActor(municipality) }
  const { db } = deps.database
  await enterHeads(deps, municipality)
  const devices = (await deps.fleet.devices(scope)).filter(({ keyEpoch }) => keyEpoch > 0)
  const heads = await recentHeads(deps, scope)
  const lastDay = await sql<{ entry: string }>`select entry from heads_day where municipality = ${municipality}::uuid
    order by day desc limit 1`.execute(db)
  const explained = (await liveGaps(db, scope)).filter(({ kind, state }) => kind === 'device' && state === 'explained')
  const wanted = [
    ...devices.map(({ enrolmentEntry }) => enrolmentEntry),
    ...heads.map(({ entry }) => entry),
    ...explained.map(({ explained_entry: entry }) => entry),
    lastDay.rows[0]?.entry ?? null,
  ].filter((entry) => entry !== null)
  const proofs = await deps.ledger.proofsFor(wanted)
  const note = proofs[0]?.checkpoint
  if (note === undefined) {
    throw new Unavailable('ledger')
  }
  const proofOf = new Map(proofs.map((proof) => [proof.id, publicProof(proof)]))
  const proven = (entry: string | null): CustodyProof | null => (entry === null ? null : (proofOf.get(entry) ?? null))
  const ranges = Map.groupBy(await deps.evidence.sequences.ranges(scope), ({ device }) => device)
  const recordings = new Map((await deps.evidence.sequences.recordings(scope)).map((row) => [row.id, row]))
  const stones = new Map((await deps.retention.tombstones()).map((stone) => [stone.recording, stone]))
  const newest = await newestHeads(db, scope)
  // What is entered and not published yet shows with the next one: heads and their summary belong together.
  const allHeads = proven(lastDay.rows[0]?.entry ?? null)
  const isCurrent = allHeads !== null && newest.every(({ entry }) => proofOf.has(entry))

  const deviceOf = ({ id, code, kind, enrolmentEntry }: (typeof devices)[number]): CompletenessDevice => {
    const byRecording = Map.groupBy(ranges.get(id) ?? [], ({ recording }) => recording)
    return {
      device: id,
      code,
      kind,
      enrolment: proven(enrolmentEntry),
      heads: heads.filter(({ device }) => device === id).flatMap(({ entry }) => proven(entry) ?? []),
      recordings: [...byRecording].map(([recording, counted]) => {
        const row = recordings.get(recording)
        const stone = stones.get(recording)
        return {
          recording,
          ranges: counted.map(({ first, last }) => ({ first, last })),
          statements: counted.reduce((sum, { first, last }) => sum + last - first + 1, 0),
          manifest: row?.manifest_sha256 ?? null,
          destroyedAtMs: row?.destroyed_at ?? null,
          tombstone: stone === undefined ? null : { entry: stone.entry, checkpoint: stone.checkpoint },
        }
      }),
      explained: explained
        .filter(({ subject }) => subject === id)
        .flatMap(({ first, last, explained_entry: entry }) => {
          const found = proven(entry)
          return found === null ? [] : [{ first, last, entry: found }]
        }),
    }
  }

  if (!isCurrent) {
    throw new Unavailable('ledger')
  }
  const health = await healthOf(deps, scope)
  const body: Completeness = {
    format: completenessFormat,
    installation: deps.config.installation,
    municipality,
    madeAtMs: deps.clock.nowMs(),
    checkpoint: note,
    devices: devices.map(deviceOf),
    allHeads,
    purchases: (await purchasesOf(db, scope)).map(({ kind, quantity, date }) => ({ kind, quantity, date })),
    health: { examined: health.examined, findings: health.findings, oldestRereadMs: health.oldestReread },
  }
  const envelope = await deps.signer.sign('manifest', completenessPayloadType, await completenessStatement(body))
  return encodeCompleteness(body, envelope)
}
