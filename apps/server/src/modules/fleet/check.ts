import { decodeEd25519, ed25519Key, keyId } from '@sereno/proof'
import { sql } from 'kysely'
import { systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { FleetDeps } from './door.ts'

type Key = {
  readonly municipality: string
  readonly device: string
  readonly code: string
  readonly epoch: number
  readonly key_epoch: number
  readonly reported: string | null
  readonly algorithm: string
  readonly public_key: Uint8Array
  readonly key_id: string
  readonly simulated: boolean
  readonly superseded_at: number | null
  readonly revoked_at: number | null
  readonly enrolment_entry: string
}

/** Verifies the invariants of the README against tables and ledger. */
export function checkFleet(deps: Pick<FleetDeps, 'database' | 'ledger' | 'identity'>): Checker {
  return {
    name: 'fleet',
    async run(report) {
      const { db } = deps.database
      const keys = await sql<Key>`select k.*, d.code, d.key_epoch, d.reported from device_key k
        join device d on d.id = k.device order by k.device, k.epoch`.execute(db)
      for (const key of keys.rows) {
        for (const code of await findingsOf(deps, key)) {
          report({ code, detail: `${key.code} (${key.device}), key ${key.epoch}` })
        }
      }
      const missing = await sql<{ code: string }>`select d.code from device d
        where (select count(*) from device_key k where k.device = d.id) <> d.key_epoch`.execute(db)
      for (const { code } of missing.rows) {
        report({ code: 'fleet.key-missing', detail: code })
      }
      const overlaps = await sql<{ code: string; id: string }>`select d.code, s.id
        from shift s join device d on d.id = s.device
        join shift o on o.device = s.device and o.id <> s.id
          and o.issued_at <= s.issued_at and coalesce(o.returned_at, 9007199254740991) > s.issued_at
        where s.returned_at is null or s.returned_at > s.issued_at`.execute(db)
      for (const { code, id } of overlaps.rows) {
        report({ code: 'fleet.shifts-overlap', detail: `${code}: ${id}` })
      }
      const reported = await sql<{ code: string }>`select d.code from device d
        join shift s on s.device = d.id and s.returned_at is null where d.reported is not null`.execute(db)
      for (const { code } of reported.rows) {
        report({ code: 'fleet.reported-on-shift', detail: code })
      }
      return { examined: keys.rows.length }
    },
  }
}

async function findingsOf(deps: Pick<FleetDeps, 'ledger' | 'identity'>, key: Key): Promise<readonly string[]> {
  const findings: string[] = []
  const publicKey = ed25519Key(new Uint8Array(key.public_key))
  if (key.algorithm !== 'ed25519' || !decodeEd25519(publicKey).ok || (await keyId(publicKey)) !== key.key_id) {
    findings.push('fleet.key-unsound')
  }
  const isCurrent = key.epoch === key.key_epoch
  if (isCurrent !== (key.superseded_at === null)) {
    findings.push('fleet.key-epoch-wrong')
  }
  const isEnded = key.reported === 'stolen' || key.reported === 'revoked'
  if (isCurrent && isEnded !== (key.revoked_at !== null)) {
    findings.push('fleet.key-end-wrong')
  }
  if (key.simulated && deps.identity.municipality()?.fictitious !== true) {
    findings.push('fleet.simulated-in-real')
  }
  const scope = { municipality: key.municipality, actor: systemActor(key.municipality) }
  const entries = await deps.ledger.entriesOf(scope, `device:${key.device}`)
  const entry = entries.find(({ id }) => id === key.enrolment_entry)
  if (entry === undefined) {
    findings.push('fleet.enrolment-entry-missing')
  } else if (
    entry.details.keyId !== undefined &&
    (entry.details.keyId !== key.key_id ||
      entry.details.publicKey !== publicKey.publicKey ||
      entry.details.keyEpoch !== String(key.epoch) ||
      entry.details.simulated !== String(key.simulated))
  ) {
    findings.push('fleet.enrolment-entry-contradicts')
  }
  return findings
}
