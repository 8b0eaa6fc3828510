import { systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { LiveDeps } from './door.ts'
import { watchesAfter } from './store.ts'

const pageSize = 500
const firstId = '00000000-0000-0000-0000-000000000000'

/**
 * Every watch has the entry it was opened under, so no frame was sent without one (I-3); and every closed watch has
 * its closing entry. Both are looked for in the ledger itself, by what they speak of.
 */
export function checkLive(deps: Pick<LiveDeps, 'database' | 'ledger'>): Checker {
  return {
    name: 'live',
    async run(report) {
      let examined = 0
      let after: string | undefined = firstId
      while (after !== undefined) {
        const page: Awaited<ReturnType<typeof watchesAfter>> = await watchesAfter(deps.database.db, after, pageSize)
        for (const watch of page) {
          const scope = { municipality: watch.municipality, actor: systemActor(watch.municipality) }
          const entries = await deps.ledger.entriesOf(scope, `watch:${watch.id}`)
          const opening = entries.find((entry) => entry.id === watch.entry)
          if (opening === undefined || opening.kind !== 'live.opened' || !opening.allowed) {
            report({ code: 'live.opening-entry-missing', detail: `watch ${watch.id}` })
          }
          if (watch.closing_entry !== null && !entries.some((entry) => entry.id === watch.closing_entry)) {
            report({ code: 'live.closing-entry-missing', detail: `watch ${watch.id}` })
          }
          if (watch.closed_at !== null && watch.closed_at < watch.opened_at) {
            report({ code: 'live.closed-before-opened', detail: `watch ${watch.id}` })
          }
        }
        examined += page.length
        after = page.length === pageSize ? page.at(-1)?.id : undefined
      }
      return { examined }
    },
  }
}
