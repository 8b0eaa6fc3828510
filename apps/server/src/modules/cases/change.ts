/** What people write into a case: its words, people, notes and bookmarks. Each with its entry, in one transaction. */
import { hash } from 'node:crypto'
import type { BodyOf, caseOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { CasesDeps } from './door.ts'
import { type Changes, tagsOf } from './open.ts'
import { demand, enterChange } from './record.ts'
import { changeCase, hasRecording, insertNote, insertPerson, lockOpenCase, needCase, removePerson } from './store.ts'
import type { CaseNoteRow, CasePersonRow } from './tables.ts'

type Operations = typeof caseOperations

export async function changeWords(deps: CasesDeps, scope: Scope, id: string, changes: Changes): Promise<void> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    if (changes.kind !== undefined) {
      // Who may not read the case as it will be may not make it so.
      demand(deps, scope, 'case.write', { id, kind: changes.kind })
    }
    const next = {
      title: changes.title?.trim() ?? row.title,
      kind: changes.kind ?? row.kind,
      summary: changes.summary === undefined ? row.summary : changes.summary.trim() || null,
      tags: changes.tags === undefined ? row.tags : tagsOf(changes.tags),
    }
    await changeCase(tx, scope, id, next)
    await enterChange(deps, tx, scope, row, {
      kind: 'case.changed',
      policy,
      fields: {
        ...(next.kind === row.kind ? {} : { caseKindBefore: row.kind, caseKind: next.kind }),
        // Words may name people: the entry fixes them without telling them.
        ...(next.title === row.title ? {} : { titleBefore: hashed(row.title), title: hashed(next.title) }),
        ...(next.summary === row.summary ? {} : { summaryBefore: hashed(row.summary), summary: hashed(next.summary) }),
        ...(next.tags.join(' ') === row.tags.join(' ') ? {} : { tags: next.tags.join(' ') }),
      },
    })
  })
}

/** SHA-256 of the UTF-8 text; empty for none. */
function hashed(text: string | null): string {
  return text === null ? '' : hash('sha256', text)
}

export async function addPerson(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: BodyOf<Operations['POST /cases/:id/people']>,
): Promise<CasePersonRow> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  return deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const person: CasePersonRow = {
      municipality: scope.municipality,
      id: deps.ids.uuid(),
      case_id: row.id,
      role: wish.role,
      name: wish.name.trim(),
      minor: wish.minor ?? false,
      note: wish.note?.trim() ?? null,
      added_at: deps.clock.nowMs(),
      added_by: scope.actor.name,
      removed_at: null,
      removed_because: null,
    }
    await insertPerson(tx, person)
    const fields = { person: person.id, role: person.role, minor: String(person.minor) }
    await enterChange(deps, tx, scope, row, {
      kind: 'case.person-added',
      policy,
      fields: { person: fields.person, personRole: fields.role, minor: fields.minor },
    })
    return person
  })
}

export async function takeOutPerson(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: { readonly person: string; readonly reason: string },
): Promise<void> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  await deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const because = wish.reason.trim()
    if (!(await removePerson(tx, row.root, wish.person, { at: deps.clock.nowMs(), because }))) {
      throw new Refusal('case.not-found')
    }
    await enterChange(deps, tx, scope, row, {
      kind: 'case.person-removed',
      policy,
      fields: { person: wish.person, reason: because },
    })
  })
}

export async function addNote(
  deps: CasesDeps,
  scope: Scope,
  id: string,
  wish: BodyOf<Operations['POST /cases/:id/notes']>,
): Promise<CaseNoteRow> {
  const policy = demand(deps, scope, 'case.write', await needCase(deps.database.db, scope, id))
  return deps.database.transaction(async (tx) => {
    const row = await lockOpenCase(tx, scope, id)
    const { recording } = wish
    if (recording !== undefined && !(await hasRecording(tx, row.root, recording))) {
      throw new Refusal('recording.not-found')
    }
    const note: CaseNoteRow = {
      municipality: scope.municipality,
      id: deps.ids.uuid(),
      case_id: row.id,
      text: wish.text.trim(),
      recording: recording ?? null,
      marked_at: wish.atMs ?? null,
      by_name: scope.actor.name,
      noted_at: deps.clock.nowMs(),
    }
    await insertNote(tx, note)
    await enterChange(deps, tx, scope, row, {
      kind: recording === undefined ? 'case.noted' : 'case.bookmarked',
      policy,
      subjects: recording === undefined ? [] : [`recording:${recording}`],
      fields: { note: note.id, textSha256: hashed(note.text) },
    })
    return note
  })
}
