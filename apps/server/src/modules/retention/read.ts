/** What is asked of retention without changing anything. */
import type {
  destructionOperations,
  holdOperations,
  ReplyOf,
  RetentionCategory,
  retentionOperations,
  termOperations,
} from '@sereno/contracts'
import { retentionCategories, retentionSettings } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { addSpan, isoDate, localDate, startOfDay } from './calendar.ts'
import type { RetentionDeps } from './door.ts'
import { mayDo, timeZoneOf } from './four-eyes.ts'
import { legalNumber } from './profile.ts'
import { pe2026 } from './profile-pe-2026.ts'
import { rulebookOf } from './rulebook.ts'
import { actaOf, actasOf, batchById, batches, itemsOf } from './store-batches.ts'
import { allHolds, freezesOf, holdsOf } from './store-holds.ts'
import { countsOf, deadlines, findRetained, keptByCategory, leaving } from './store-retained.ts'
import { changes, weakenings } from './store-rules.ts'
import { batchView, changeView, freezeView, holdView, itemView, leavingView } from './view.ts'

type Operations = typeof retentionOperations &
  typeof termOperations &
  typeof holdOperations &
  typeof destructionOperations
type Reply<K extends keyof Operations> = ReplyOf<Operations[K]>

const daysAhead = 90
const last = 9_007_199_254_740_991

export async function overview(deps: RetentionDeps, scope: Scope): Promise<Reply<'GET /retention'>> {
  const { db } = deps.database
  const nowMs = deps.clock.nowMs()
  const timeZone = timeZoneOf(deps)
  const counts = await countsOf(db, scope, nowMs)
  const today = localDate(nowMs, timeZone)
  const end = startOfDay(addSpan(today, { unit: 'day', count: daysAhead + 1 }), timeZone)
  const days = await deadlines(db, scope, startOfDay(today, timeZone), end)
  const holds = await allHolds(db, scope, false)
  const lacking = holds.filter((row) => {
    const basis = pe2026.bases.find(({ id }) => id === row.basis)
    return basis?.mustNotify === true && row.notice === null
  })
  return {
    nowMs,
    timeZone,
    kept: counts.kept,
    untilReleased: counts.until_released,
    held: counts.held,
    frozen: counts.frozen,
    unnotified: lacking.length,
    due: counts.due,
    destroyed: counts.destroyed,
    days: days.map(({ at, recordings, size_bytes: sizeBytes }) => ({
      date: isoDate(localDate(at, timeZone)),
      recordings,
      sizeBytes,
    })),
  }
}

/** A cursor is `deadline/recording`. */
export async function leavingPage(
  deps: RetentionDeps,
  scope: Scope,
  query: { readonly category?: RetentionCategory; readonly limit?: number; readonly cursor?: string },
): Promise<Reply<'GET /retention/leaving'>> {
  const limit = query.limit ?? 100
  const found = await leaving(deps.database.db, scope, {
    category: query.category,
    after: query.cursor === undefined ? null : cursorOf(query.cursor),
    limit: limit + 1,
    nowMs: deps.clock.nowMs(),
  })
  const page = found.slice(0, limit)
  const end = page.at(-1)
  const next = found.length > limit && end !== undefined ? `${end.leaves_at ?? last}/${end.recording}` : null
  return { recordings: page.map(leavingView), next }
}

function cursorOf(cursor: string): { readonly at: number; readonly recording: string } {
  const parts = /^(\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor)
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw new Refusal('request.invalid', { where: 'query/cursor' })
  }
  return { at: Number(parts[1]), recording: parts[2] }
}

export async function rules(deps: RetentionDeps, scope: Scope): Promise<Reply<'GET /retention/rules'>> {
  const { db } = deps.database
  const rulebook = await rulebookOf(db, scope, pe2026)
  const kept = await keptByCategory(db, scope)
  return {
    profile: { id: pe2026.id, from: pe2026.from, numbers: pe2026.numbers.map((one) => ({ ...one })) },
    rules: retentionCategories.map((category) => {
      const rule = rulebook.rules[category]
      return { ...rule, category, sources: [...rule.sources], recordings: kept.get(category) ?? 0 }
    }),
    settings: retentionSettings.map((setting) => ({ setting, ...rulebook.settings[setting] })),
    bases: pe2026.bases.map((basis) => ({ ...basis, sources: [...basis.sources] })),
    changes: (await changes(db, scope)).map((row) => changeView(deps, scope, row)),
    may: mayDo(deps, scope, 'rules', ['retention.propose']),
  }
}

export async function ofRecording(
  deps: RetentionDeps,
  scope: Scope,
  recording: string,
): Promise<Reply<'GET /recordings/:id/retention'>> {
  const { db } = deps.database
  const found = await deps.evidence.erase.retainableOf(db, scope, recording)
  if (found === null) {
    throw new Refusal('recording.not-found')
  }
  const kept = await findRetained(db, scope, recording)
  const category = kept?.category ?? found.category ?? 'none'
  const rule = (await rulebookOf(db, scope, pe2026)).rules[category]
  const holds = await holdsOf(db, scope, recording)
  const own = await freezesOf(db, scope, recording)
  const foreign = (await deps.freezesOf?.(scope, recording)) ?? []
  const batch = kept?.batch === null || kept === null ? null : await batchById(db, scope, kept.batch)
  const acta = batch === null ? null : await actaOf(db, scope, batch.id)
  return {
    sealed: found.sealed,
    category,
    keep: rule.keep,
    sources: [...rule.sources],
    leavesAt: kept?.leaves_at ?? null,
    destroyedAt: found.destroyedAt,
    finalAt: kept?.final_at ?? null,
    acta: acta === null ? null : `/api/retention/batches/${acta.batch}/acta.pdf`,
    batch: batch === null ? null : { id: batch.id, number: batch.number, runsAt: batch.runs_at },
    holds: holds.map((row) => holdView(deps, scope, row)),
    freezes: [
      ...own.map((row) => freezeView(deps, scope, row)),
      ...foreign.map(({ reference }) => ({
        id: `case:${reference}`,
        kind: 'case' as const,
        reference,
        since: null,
        closedAt: null,
        until: null,
        closing: null,
        may: [],
      })),
    ],
    bases: pe2026.bases.map(({ id, mustNotify }) => ({ id, mustNotify })),
    may: found.destroyedAt === null ? mayDo(deps, scope, recording, ['hold.place']) : [],
  }
}

export async function batchList(deps: RetentionDeps, scope: Scope): Promise<Reply<'GET /retention/batches'>> {
  const { db } = deps.database
  // Batches first: one that is done has its acta by the time the actas are read, never the other way round.
  const rows = await batches(db, scope, null)
  const actas = await actasOf(db, scope)
  const list = []
  for (const row of rows) {
    const items = row.state === 'reviewed' ? await itemsOf(db, scope, row.id) : []
    list.push(batchView(deps, scope, row, actas.get(row.id), items))
  }
  return { batches: list }
}

export async function oneBatch(
  deps: RetentionDeps,
  scope: Scope,
  id: string,
): Promise<Reply<'GET /retention/batches/:id'>> {
  const { db } = deps.database
  const [row] = await batches(db, scope, id)
  if (row === undefined) {
    throw new Refusal('retention.not-found')
  }
  const items = await itemsOf(db, scope, id)
  const acta = (await actasOf(db, scope)).get(id)
  return { batch: batchView(deps, scope, row, acta, items), items: items.map(itemView) }
}

// In the language of the record; what people wrote about the complaint is for few.
const closedComplaint = 'Se cerró una queja: su grabación se conserva menos tiempo.'

/** For everybody: no name, no recording. */
export async function publicFigures(deps: RetentionDeps): Promise<Reply<'GET /public/retention'>> {
  const municipality = deps.identity.municipality()
  if (municipality === null) {
    throw new Refusal('installation.not-set-up')
  }
  const scope = { municipality: municipality.id, actor: systemActor(municipality.id) }
  const { db } = deps.database
  const nowMs = deps.clock.nowMs()
  const rulebook = await rulebookOf(db, scope, pe2026)
  const weakened = await weakenings(db, scope)
  const all = await batches(db, scope, null)
  return {
    nowMs,
    profile: pe2026.id,
    floorDays: legalNumber(pe2026, 'floor'),
    rules: retentionCategories.map((category) => {
      const { keep, sources } = rulebook.rules[category]
      return { category, keep, sources: [...sources] }
    }),
    weakenings: weakened.count,
    lastWeakenings: weakened.last.map(({ at, wish, reason, entry }) => ({
      at,
      entry,
      ...(wish === null ? { wish, reason: closedComplaint } : { wish: JSON.parse(wish), reason }),
    })),
    destroyed: (await countsOf(db, scope, nowMs)).destroyed,
    batches: all.filter(({ state }) => state === 'done').length,
  }
}
