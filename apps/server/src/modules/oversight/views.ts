/** The log of looks: for the data-protection officer whole, for an officer those at themselves. */
import type { oversightOperations, QueryOf, ReplyOf } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { View } from '../ledger/index.ts'
import type { OversightDeps } from './door.ts'

type Views = ReplyOf<(typeof oversightOperations)['GET /views']>
type Query = QueryOf<(typeof oversightOperations)['GET /views']>

const usualPage = 100

/** Reading who looked is a look too: the first page is an entry, before it is answered. */
export async function allViews(deps: OversightDeps, scope: Scope, query: Query): Promise<Views> {
  const { policy } = deps.identity.require(scope.actor, 'view.read', { type: 'Views', id: '', attributes: {} })
  if (query.cursor === undefined) {
    const { cursor: _, limit: __, ...asked } = query
    await deps.database.transaction((tx) =>
      deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'views.read',
        coarse: 'access',
        subjects: [`person:${scope.actor.id}`],
        actor: scope.actor,
        policy,
        fields: { asked: JSON.stringify(asked) },
      }),
    )
  }
  const about = [
    ...(query.recording === undefined ? [] : [[`recording:${query.recording}`]]),
    ...(query.officer === undefined ? [] : [subjectsOf(query.officer)]),
  ]
  return page(deps, scope, query, about)
}

/** `person:` in what was written about watching live. */
const subjectsOf = (officer: string): readonly string[] => [`officer:${officer}`, `person:${officer}`]

export async function ownViews(
  deps: OversightDeps,
  scope: Scope,
  query: Pick<Query, 'cursor' | 'limit'>,
): Promise<Views> {
  const { officer } = scope.actor
  return officer === null ? { views: [], next: null } : page(deps, scope, query, [subjectsOf(officer)])
}

async function page(
  deps: OversightDeps,
  scope: Scope,
  query: Query,
  about: readonly (readonly string[])[],
): Promise<Views> {
  const limit = query.limit ?? usualPage
  const found = await deps.ledger.views(scope, {
    who: query.who,
    about,
    purpose: query.purpose,
    fromMs: query.from,
    toMs: query.to,
    allowed: query.allowed,
    before: query.cursor,
    limit,
  })
  const officers = new Map<string, string>()
  for (const id of new Set(found.flatMap(({ subjects: all }) => [...idsOf(all, 'officer'), ...idsOf(all, 'person')]))) {
    const officer = await deps.fleet.officer(scope, id)
    if (officer !== null) {
      officers.set(id, officer.name)
    }
  }
  return {
    views: found.map((view) => presented(view, officers)),
    next: found.length < limit ? null : (found.at(-1)?.entry ?? null),
  }
}

function presented(view: View, officers: ReadonlyMap<string, string>): Views['views'][number] {
  const of = (kind: string) => idsOf(view.subjects, kind)
  const officer = [...of('officer'), ...of('person')].map((id) => officers.get(id)).find((name) => name !== undefined)
  return {
    entry: view.entry,
    at: view.atMs,
    kind: view.kind,
    who: view.who,
    role: view.role,
    purpose: view.purpose,
    reference: view.reference,
    policy: view.policy,
    allowed: view.allowed,
    recording: of('recording')[0] ?? null,
    officer: officer ?? null,
  }
}

const idsOf = (subjects: readonly string[], kind: string): readonly string[] =>
  subjects.filter((subject) => subject.startsWith(`${kind}:`)).map((subject) => subject.slice(kind.length + 1))
