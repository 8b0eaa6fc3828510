import { oversightOperations } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import { breakGlass } from './break-glass.ts'
import { minuteMs, type Oversight, type OversightDeps } from './door.ts'
import { decideGlass, decidePrivileges, openDue } from './review.ts'
import { type GlassRow, glassOf, type PrivilegeRow, privilegeReviews } from './store.ts'
import { allViews, ownViews } from './views.ts'

export type { Oversight, OversightDeps } from './door.ts'

export const oversightMigrations = { module: 'oversight', folder: new URL('./migrations/', import.meta.url) }

const done = { ok: true } as const

/** Who watches those who watch: emergency openings and their reviews, privileges, the log of looks. */
export function createOversight(deps: OversightDeps): Oversight {
  return {
    routes: oversightRoutes(deps),
    timers: [{ name: 'oversight.privileges', everyMs: minuteMs, run: () => openDue(deps) }],
    check: {
      name: 'oversight',
      /** Every emergency opening has its headline (I-3). */
      async run(report) {
        const municipality = deps.identity.municipality()?.id
        if (municipality === undefined) {
          return { examined: 0 }
        }
        const scope: Scope = { municipality, actor: systemActor(municipality) }
        const rows = await glassOf(deps.database.db, scope)
        for (const row of rows) {
          const entries = await deps.ledger.entriesOf(scope, `recording:${row.recording}`)
          if (!entries.some(({ id }) => id === row.entry)) {
            report({ code: 'oversight.opening-unrecorded', detail: row.id })
          }
        }
        return { examined: rows.length }
      },
    },
  }
}

function oversightRoutes(deps: OversightDeps): RouteTable {
  const { db } = deps.database
  return routes(oversightOperations, {
    'POST /recordings/:id/break-glass': ({ scope, params, body }) => breakGlass(deps, scope, params.id, body),
    'GET /reviews': async ({ scope, actor }) => {
      const nowMs = deps.clock.nowMs()
      const resource = { type: 'Review', id: '', attributes: {} }
      const may = deps.identity.may(actor, resource, ['review.decide'])
      const accounts = (await deps.identity.accountsOf(scope)).filter(({ guest }) => !guest)
      return {
        glass: (await glassOf(db, scope)).map((row) => ({
          ...glassView(row, nowMs),
          may: row.outcome === null && row.account !== actor.id ? may : [],
        })),
        privileges: (await privilegeReviews(db, scope)).map((row) => ({
          ...privilegeView(row, nowMs),
          accounts: [...(row.report ?? accounts)].map((account) => ({ ...account, roles: [...account.roles] })),
          may: row.confirmed_at === null ? may : [],
        })),
      }
    },
    'POST /reviews/glass/:id': async ({ scope, params, body }) => {
      await decideGlass(deps, scope, params.id, body)
      return done
    },
    'POST /reviews/privileges/:id': async ({ scope, params, body }) => {
      await decidePrivileges(deps, scope, params.id, body.note)
      return done
    },
    'GET /views': ({ scope, query }) => allViews(deps, scope, query),
    'GET /me/views': ({ scope, query }) => ownViews(deps, scope, query),
  })
}

const glassView = (row: GlassRow, nowMs: number) => ({
  id: row.id,
  recording: row.recording,
  who: row.account_name,
  role: row.role,
  purpose: row.purpose,
  reason: row.reason,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  overdue: row.outcome === null && nowMs > row.due_at,
  outcome: row.outcome,
  note: row.note,
  reviewedBy: row.reviewed_by_name,
  reviewedAt: row.reviewed_at,
})

const privilegeView = (row: PrivilegeRow, nowMs: number) => ({
  id: row.id,
  dueAt: row.due_at,
  overdue: row.confirmed_at === null && nowMs > row.due_at,
  note: row.note,
  confirmedBy: row.confirmed_by_name,
  confirmedAt: row.confirmed_at,
})
