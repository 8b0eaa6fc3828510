import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CaseNoteRow, CasePersonRow, CaseRecordingRow, CaseRow, CasesTables } from './tables.ts'

export const tables = (db: Db) => db.$extendTables<CasesTables>()

const caseColumns = [
  'municipality',
  'id',
  'number',
  'code',
  'title',
  'kind',
  'summary',
  'tags',
  'state',
  'root',
  'custodian',
  'custodian_name',
  'opened_at',
  'opened_by',
  'changed_at',
  'closed_at',
  'closed_because',
  'known_at',
  'handed_over_at',
  'clock_stage',
  'clock_alarm',
  'entry',
] as const

export async function insertCase(tx: Db, row: CaseRow): Promise<void> {
  await tables(tx).insertInto('case_file').values(row).execute()
}

export async function findCase(db: Db, scope: Scope, id: string, lock = false): Promise<CaseRow | null> {
  const query = tables(db)
    .selectFrom('case_file')
    .select(caseColumns)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst()
  return row ?? null
}

export async function needCase(db: Db, scope: Scope, id: string): Promise<CaseRow> {
  const row = await findCase(db, scope, id)
  if (row === null) {
    throw new Refusal('case.not-found')
  }
  return row
}

/** The case under lock, open: steps of one case come one after the other. */
export async function lockOpenCase(tx: Db, scope: Scope, id: string): Promise<CaseRow> {
  const row = await lockCase(tx, scope, id)
  if (row.state !== 'open') {
    throw new Refusal('case.closed')
  }
  return row
}

export async function lockCase(tx: Db, scope: Scope, id: string): Promise<CaseRow> {
  const row = await findCase(tx, scope, id, true)
  if (row === null) {
    throw new Refusal('case.not-found')
  }
  return row
}

export async function changeCase(tx: Db, scope: Scope, id: string, change: Partial<CaseRow>): Promise<void> {
  await tables(tx)
    .updateTable('case_file')
    .set(change)
    .where('municipality', '=', scope.municipality)
    .where('id', '=', id)
    .execute()
}

/** The case and those merged into it, the case first. */
export async function familyOf(db: Db, scope: Scope, root: string): Promise<readonly CaseRow[]> {
  const rows = await tables(db)
    .selectFrom('case_file')
    .select(caseColumns)
    .where('municipality', '=', scope.municipality)
    .where('root', '=', root)
    .orderBy('number')
    .execute()
  return [...rows.filter(({ id }) => id === root), ...rows.filter(({ id }) => id !== root)]
}

/** The case is merged, with all that was merged into it before. */
export async function moveRoot(tx: Db, scope: Scope, from: string, to: string): Promise<void> {
  await tables(tx)
    .updateTable('case_file')
    .set({ root: to, state: 'merged' })
    .where('municipality', '=', scope.municipality)
    .where('root', '=', from)
    .execute()
}

/**
 * Accents are folded on both sides: people type them or not, and a stem must be the same either way. The `ñ` too.
 */
export function folded(text: RawBuilder<string>): RawBuilder<string> {
  return sql<string>`translate(lower(${text}), 'áéíóúüñ', 'aeiouun')`
}

/**
 * What free text finds a case by: its own words, its people, its notes, and what its recordings were when they were
 * added; those of the cases merged into it too. Spanish stems.
 */
export async function refreshSearch(tx: Db, root: string): Promise<void> {
  const words = sql<string>`concat_ws(' ',
      (select string_agg(concat_ws(' ', f.code, f.number, f.title, f.summary, array_to_string(f.tags, ' ')), ' ')
        from case_file f where f.root = c.id),
      (select string_agg(concat_ws(' ', p.name, p.note), ' ') from case_person p join case_file f on f.id = p.case_id
        where f.root = c.id and p.removed_at is null),
      (select string_agg(n.text, ' ') from case_note n join case_file f on f.id = n.case_id where f.root = c.id),
      (select string_agg(concat_ws(' ', r.about, r.why), ' ') from case_recording r join case_file f on f.id = r.case_id
        where f.root = c.id and r.removed_at is null),
      (select string_agg(d.title, ' ') from derivative d join case_file f on f.id = d.case_id where f.root = c.id))`
  await sql`update case_file c set search = to_tsvector('spanish', ${folded(words)})
    where c.id = ${root}::uuid`.execute(tx)
}

// Recordings

/** False when it is in the case already. One that was taken out comes back, with its new reason. */
export async function addRecording(tx: Db, row: CaseRecordingRow): Promise<boolean> {
  const { added_at, added_by, why } = row
  const added = await tables(tx)
    .insertInto('case_recording')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['case_id', 'recording'])
        .doUpdateSet({ added_at, added_by, why, removed_at: null, removed_because: null })
        .where('case_recording.removed_at', 'is not', null),
    )
    .executeTakeFirst()
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Of the case and those merged into it; each recording once, as it was added first. */
export async function recordingsOf(db: Db, root: string): Promise<readonly (CaseRecordingRow & { code: string })[]> {
  const found = await sql<Selectable<CaseRecordingRow> & { code: string }>`
    select distinct on (r.recording) r.*, f.code from case_recording r join case_file f on f.id = r.case_id
    where f.root = ${root}::uuid and r.removed_at is null order by r.recording, (f.id <> f.root), r.added_at`.execute(
    db,
  )
  return found.rows.toSorted((left, right) => left.started_at - right.started_at)
}

export async function hasRecording(db: Db, root: string, recording: string): Promise<boolean> {
  const found = await sql`select 1 from case_recording r join case_file f on f.id = r.case_id
    where f.root = ${root}::uuid and r.recording = ${recording}::uuid and r.removed_at is null limit 1`.execute(db)
  return found.rows.length > 0
}

/** Takes it out of the case and of those merged into it; false when it is in none of them. */
export async function removeRecording(
  tx: Db,
  root: string,
  recording: string,
  why: { readonly at: number; readonly because: string },
): Promise<boolean> {
  const removed = await sql`update case_recording r set removed_at = ${why.at}::bigint, removed_because = ${why.because}
    from case_file f where f.id = r.case_id and f.root = ${root}::uuid and r.recording = ${recording}::uuid
      and r.removed_at is null`.execute(tx)
  return (removed.numAffectedRows ?? 0n) > 0n
}

/** Codes of open cases that contain the recording, themselves or through what was merged into them. */
export async function openCasesWith(db: Db, scope: Scope, recording: string): Promise<readonly string[]> {
  const found = await sql<{ code: string }>`select distinct c.code from case_recording r
    join case_file f on f.id = r.case_id join case_file c on c.id = f.root
    where r.recording = ${recording}::uuid and r.removed_at is null and c.state = 'open'
      and c.municipality = ${scope.municipality}::uuid order by c.code`.execute(db)
  return found.rows.map(({ code }) => code)
}

/** By its number as people write it. */
export async function isOpenCase(db: Db, scope: Scope, code: string): Promise<boolean> {
  const found = await sql`select from case_file where municipality = ${scope.municipality}::uuid
    and lower(code) = lower(${code.trim()}) and state = 'open'`.execute(db)
  return found.rows.length > 0
}

// People and notes

export async function insertPerson(tx: Db, row: CasePersonRow): Promise<void> {
  await tables(tx).insertInto('case_person').values(row).execute()
}

export async function removePerson(
  tx: Db,
  root: string,
  person: string,
  why: { readonly at: number; readonly because: string },
): Promise<boolean> {
  const removed = await sql`update case_person p set removed_at = ${why.at}::bigint, removed_because = ${why.because}
    from case_file f where f.id = p.case_id and f.root = ${root}::uuid and p.id = ${person}::uuid
      and p.removed_at is null`.execute(tx)
  return (removed.numAffectedRows ?? 0n) > 0n
}

export async function peopleOf(db: Db, cases: readonly string[]): Promise<readonly CasePersonRow[]> {
  return tables(db)
    .selectFrom('case_person')
    .selectAll()
    .where('case_id', 'in', [...cases])
    .where('removed_at', 'is', null)
    .orderBy('added_at')
    .execute()
}

export async function insertNote(tx: Db, row: CaseNoteRow): Promise<void> {
  await tables(tx).insertInto('case_note').values(row).execute()
}

export async function notesOf(db: Db, cases: readonly string[]): Promise<readonly CaseNoteRow[]> {
  return tables(db)
    .selectFrom('case_note')
    .selectAll()
    .where('case_id', 'in', [...cases])
    .orderBy('noted_at')
    .execute()
}

// The clock

/** Open cases whose clock runs. */
export async function runningClocks(db: Db): Promise<readonly CaseRow[]> {
  return tables(db)
    .selectFrom('case_file')
    .select(caseColumns)
    .where('state', '=', 'open')
    .where('known_at', 'is not', null)
    .where('handed_over_at', 'is', null)
    .execute()
}
