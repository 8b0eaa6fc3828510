/**
 * One fictitious case, over the first recordings that the demonstration's phones have sealed, and the custodian's looks at
 * them: the officer whose link is printed then finds who looked.
 */
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import { addNote, addPerson } from './change.ts'
import type { CasesDeps } from './door.ts'
import { openCase } from './open.ts'

const hourMs = 3_600_000
/** With this many recordings of others, the case does not wait any more. */
const patience = 12

/** True when there is nothing left to do: a case exists, or there is nothing to put into one yet: false. */
export async function seedCase(deps: CasesDeps, municipality: string): Promise<boolean> {
  const { db } = deps.database
  const known = await sql`select 1 from case_file where municipality = ${municipality}::uuid limit 1`.execute(db)
  if (known.rows.length > 0) {
    return true
  }
  const sealed = (
    await deps.evidence.erase.retainable(db, { municipality, actor: nobody(municipality) }, null, 50)
  ).filter((recording) => recording.sealed && recording.destroyedAt === null)
  const [custodian] = await deps.identity.peopleWith({ municipality, actor: nobody(municipality) }, 'custodian')
  const chosen = await ownFirst(
    deps,
    municipality,
    sealed.map(({ id }) => id),
  )
  if (chosen.length === 0 || custodian === undefined) {
    return false
  }
  const scope: Scope = {
    municipality,
    actor: { ...nobody(municipality), kind: 'person', id: custodian.id, name: custodian.name, roles: custodian.roles },
  }
  const row = await openCase(deps, scope, {
    title: 'Arrebato de celular en el paradero (ficticio)',
    kind: 'crime',
    summary:
      'Caso de demostración: personas y hechos son ficticios. Una vecina avisa de un arrebato junto al paradero.',
    tags: ['demostración', 'arrebato'],
    recordings: chosen.slice(0, 2),
    knownAt: deps.clock.nowMs() - 3 * hourMs,
  })
  await addPerson(deps, scope, row.id, { role: 'complainant', name: 'Vecina A (ficticia)' })
  await addPerson(deps, scope, row.id, { role: 'witness', name: 'Vendedor del quiosco (ficticio)' })
  await addNote(deps, scope, row.id, { text: 'La Comisaría del sector pidió el video por teléfono. Falta el oficio.' })
  for (const recording of chosen.slice(0, 2)) {
    const { look } = await deps.evidence.offer.looks.open(scope, recording, { purpose: 'case', reference: row.code })
    await deps.evidence.offer.looks.close(scope, look)
  }
  return true
}

/** Those of the officer whose link is printed before the others; none while they have recorded nothing yet. */
async function ownFirst(deps: CasesDeps, municipality: string, recordings: readonly string[]): Promise<string[]> {
  const scope: Scope = { municipality, actor: nobody(municipality) }
  const [shown] = await deps.identity.peopleWith(scope, 'officer')
  const theirs = (await deps.identity.accountsOf(scope)).find(({ id }) => id === shown?.id)?.officer ?? null
  const own: string[] = []
  const others: string[] = []
  for (const id of recordings) {
    const officer = (await deps.evidence.recording(scope, id))?.officer?.id
    ;(theirs !== null && officer === theirs ? own : others).push(id)
  }
  const waits = theirs !== null && own.length === 0 && others.length < patience
  return waits ? [] : [...own, ...others]
}

function nobody(municipality: string): Scope['actor'] {
  return {
    kind: 'system',
    id: 'system',
    municipality,
    name: 'Sereno',
    roles: [],
    officer: null,
    session: null,
    device: null,
  }
}
