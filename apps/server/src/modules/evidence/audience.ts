/**
 * For whom custody is told when it is not our own staff: an outside account, bound to one case. It is told how the
 * recording was captured and sealed, what its own case did with it and what it did itself. Any other entry (a look of
 * another case, a mark, a hold) stays closed: in a package its leaf and proof are there, so that nobody can say it never
 * was, and no field of it is opened. What is not named here is closed. Pure.
 */
import type { CustodyEntry } from '@sereno/contracts'
import type { Static } from 'typebox'

type Entry = Static<typeof CustodyEntry>

export type Audience = {
  /** The outside account. */
  readonly account: string
  /** The number of the case it is bound to. */
  readonly case: string
}

/** What the camera and its sealing left: it belongs to the footage, whoever looks at it. */
const captured: ReadonlySet<string> = new Set([
  'recording.started',
  'recording.head',
  'recording.stopped',
  'recording.sealed',
  'recording.quarantined',
  'recording.equivocated',
  'recording.gap-declared',
  'recording.derived',
])
const ofCase = /^(case|clip|still|hand-over)\./
/** What somebody typed: it may speak of other matters. */
const typed: ReadonlySet<string> = new Set(['reference', 'note', 'noteBefore', 'reason', 'why'])

/** Those of a recording's entries that the audience is told. `own` are the ids of the entries about its account. */
export function toldTo(audience: Audience, entries: readonly Entry[], own: ReadonlySet<string>): readonly Entry[] {
  return entries
    .filter(
      ({ id, kind, details }) =>
        captured.has(kind) || own.has(id) || (ofCase.test(kind) && details.case === audience.case),
    )
    .map((entry) => ({
      ...entry,
      details: Object.fromEntries(Object.entries(entry.details).filter(([name]) => opens(entry.kind, name))),
    }))
}

/** Whether a field of an entry that is told may be opened. Why a gap was declared belongs to the footage itself. */
export function opens(kind: string, field: string): boolean {
  return !typed.has(field) || (kind === 'recording.gap-declared' && field === 'reason')
}
