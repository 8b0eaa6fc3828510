/**
 * The 24-hour clock (DS 007-2020-IN art. 17.1.b). At 12, 20 and 24 hours from knowledge a person is told again: the
 * alarm of the stage before closes, the next one opens, in one transaction with its entry. A crash in between leaves
 * the stage where it was, and the next tick does it.
 */
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { clockOf, stageDue } from './cases.ts'
import { stopClock } from './dispose.ts'
import type { CasesDeps } from './door.ts'
import { enter } from './record.ts'
import { changeCase, findCase, runningClocks } from './store.ts'
import type { CaseRow } from './tables.ts'

export async function escalate(deps: CasesDeps): Promise<void> {
  const nowMs = deps.clock.nowMs()
  for (const found of await runningClocks(deps.database.db)) {
    if (found.known_at !== null && stageDue(found.known_at, nowMs) > found.clock_stage) {
      await deps.database.transaction(async (tx) => {
        const scope: Scope = { municipality: found.municipality, actor: systemActor(found.municipality) }
        const row = await findCase(tx, scope, found.id, true)
        const stage = row?.known_at == null ? 0 : stageDue(row.known_at, nowMs)
        if (row === null || row.state !== 'open' || row.handed_over_at !== null || stage <= row.clock_stage) {
          return
        }
        await stopClock(deps, tx, scope, row, `Sigue a las ${stage} h.`)
        const alarm = deps.ids.uuid()
        await enter(deps, tx, scope, row, {
          kind: 'case.clock',
          subjects: [`alarm:${alarm}`],
          fields: { hours: String(stage), knownAt: String(row.known_at) },
        })
        await deps.incidents.raiseHandOver(tx, scope, { id: alarm, detail: detailOf(deps, row, stage) })
        await changeCase(tx, scope, row.id, { clock_stage: stage, clock_alarm: alarm })
      })
    }
  }
}

/** In the language of the record. Number and time only: whoever sees the queue need not know the case. */
function detailOf(deps: CasesDeps, row: CaseRow, stage: number): string {
  const timeZone = deps.identity.municipality()?.timeZone ?? 'UTC'
  const dueAt = clockOf({ knownAt: row.known_at, handedOverAt: null }, 0)?.dueAt ?? 0
  const due = new Intl.DateTimeFormat('es-PE', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(dueAt))
  return stage >= 24
    ? `${row.code}: venció el plazo de 24 h (${due}). Entregue ya y anote el motivo.`
    : `${row.code}: van ${stage} de 24 h desde que se supo. Entregue antes de ${due}.`
}
