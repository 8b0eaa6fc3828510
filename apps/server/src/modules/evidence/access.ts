/** What the policy is told about a recording. Who may do what with it is decided there, and nowhere here. */
import type { Permission } from '@sereno/contracts'
import type { Actor } from '../../kernel/actor.ts'
import type { Identity, Resource } from '../identity/index.ts'
import type { RecordingRow } from './tables.ts'

export function resourceOf(row: RecordingRow): Resource {
  return {
    type: 'Recording',
    id: row.id,
    attributes: {
      municipality: row.municipality,
      // Looking into one's own recording is banned where it matters; absent for nobody's.
      ...(row.officer === null ? {} : { officer: row.officer }),
      quarantined: row.quarantine !== null,
      sos: row.sos,
      startedAt: row.started_at,
    },
  }
}

const asked: readonly Permission[] = [
  'recording.view',
  'recording.mark',
  'recording.seal',
  'recording.export',
  'recording.custody',
]

export function mayDo(identity: Identity, actor: Actor, row: RecordingRow): string[] {
  return identity.may(actor, resourceOf(row), asked)
}

/**
 * The same for the rows of a list, where hundreds of decisions would cost more than the finding: rows that are alike in
 * everything a policy reads, the day included, share one answer within a page. The object's own page decides exactly.
 */
export function mayDoEach(identity: Identity, actor: Actor, rows: readonly RecordingRow[]): string[][] {
  const answers = new Map<string, string[]>()
  return rows.map((row) => {
    const whose = row.officer === null ? 'nobody' : row.officer === actor.officer ? 'own' : 'other'
    const day = Math.floor(row.started_at / 86_400_000)
    const alike = [whose, day, row.quarantine !== null, row.sos].join(' ')
    const known = answers.get(alike) ?? mayDo(identity, actor, row)
    answers.set(alike, known)
    return known
  })
}
