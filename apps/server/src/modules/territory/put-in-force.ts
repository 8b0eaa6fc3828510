import { createHash } from 'node:crypto'
import type { GroundFault } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { TerritoryDeps } from './door.ts'
import { isError, type Judged, judge } from './judge.ts'
import { groundOf, insertGround, versionInForce } from './store.ts'

export type Wanted = {
  readonly base: number
  readonly note: string
  readonly accepted: readonly GroundFault[]
  readonly ground: Judged
}

/**
 * Puts a territory in force as the next version. One transaction:
 * 1. The version is claimed: whoever claims the same number second finds it taken and is refused.
 * 2. Areas, places, zones and lines are written under it; no earlier version is touched.
 * 3. The entry, with the SHA-256 of what was written, the note and the accepted warnings.
 * A crash before the commit: the version before stays in force; after it: the new one is, and its entry is there.
 */
export async function putInForce(deps: TerritoryDeps, scope: Scope, wanted: Wanted, policy: string): Promise<number> {
  const findings = await judge(wanted.ground)
  const error = findings.find(isError)
  if (error !== undefined) {
    throw new Refusal('territory.not-sound', { fault: error.fault, about: error.about })
  }
  const warned = [...new Set(findings.map(({ fault }) => fault))]
  const unread = warned.find((fault) => !wanted.accepted.includes(fault))
  if (unread !== undefined) {
    throw new Refusal('territory.warnings', { fault: unread })
  }
  const version = wanted.base + 1
  const sha256 = fingerprint(wanted.ground)
  const { municipality } = scope
  await deps.database.transaction(async (tx) => {
    if ((await versionInForce(tx, municipality)) !== wanted.base) {
      throw new Refusal('territory.changed-meanwhile')
    }
    if (wanted.base > 0 && fingerprint(await groundOf(tx, municipality, wanted.base)) === sha256) {
      throw new Refusal('territory.no-change')
    }
    const ground = {
      ...wanted.ground,
      version,
      lines: wanted.ground.lines.map((line) => ({ ...line, id: deps.ids.uuid() })),
    }
    const how = { inForceAt: deps.clock.nowMs(), putBy: scope.actor.name, note: wanted.note.trim(), accepted: warned }
    if (!(await insertGround(tx, municipality, ground, how))) {
      throw new Refusal('territory.changed-meanwhile')
    }
    await deps.ledger.append(tx, {
      municipality,
      kind: 'territory.changed',
      coarse: 'installation',
      subjects: [`territory:${municipality}`],
      actor: scope.actor,
      policy,
      at: how.inForceAt,
      fields: {
        version: String(version),
        sha256,
        note: how.note,
        accepted: warned.join(' '),
        sectors: String(ground.areas.filter(({ kind }) => kind === 'sector').length),
        quadrants: String(ground.areas.filter(({ kind }) => kind === 'quadrant').length),
        places: String(ground.places.length),
        zones: String(ground.zones.length),
      },
    })
  })
  return version
}

/** SHA-256 of a territory's content in one order: the same ground gives the same figure, whoever writes it down. */
export function fingerprint({ areas, places, zones, lines }: Judged): string {
  const ordered = {
    areas: areas.map(({ id, kind, code, name, parent, shape }) => [id, kind, code, name, parent, shape.coordinates]),
    places: places.map(({ id, kind, name, longitude, latitude }) => [id, kind, name, longitude, latitude]),
    zones: zones.map(({ id, kind, name, shape }) => [id, kind, name, shape.coordinates]),
    lines: lines.map(({ kind, name, coordinates }) => [kind, name, coordinates]),
  }
  const rows = Object.entries(ordered).flatMap(([part, all]) => all.map((row) => JSON.stringify([part, row])))
  return createHash('sha256').update(rows.sort().join('\n')).digest('hex')
}
