/** The whole case on one page, and its one timeline. */
import type { caseOperations, Permission, ReplyOf, TimelineItem } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { CasesDeps } from './door.ts'
import {
  derivativeView,
  handOverView,
  liveView,
  noteView,
  personView,
  type RecordingOf,
  shareView,
  summariesOf,
} from './present.ts'
import { demand, resourceOf } from './record.ts'
import { familyOf, needCase, notesOf, peopleOf, recordingsOf } from './store.ts'
import { derivativesOf, handOversOf, itemsOf, liveSharesOf, sharesOf } from './store-copies.ts'
import type { CaseNoteRow, CasePersonRow } from './tables.ts'

type Page = ReplyOf<(typeof caseOperations)['GET /cases/:id']>
const asked: readonly Permission[] = ['case.read', 'case.write', 'case.manage', 'case.share', 'case.hand-over']

export async function casePage(deps: CasesDeps, scope: Scope, id: string): Promise<Page> {
  const { db } = deps.database
  const row = await needCase(db, scope, id)
  demand(deps, scope, 'case.read', row)
  const nowMs = deps.clock.nowMs()
  // A merged case is read as it was; its recordings and steps are read through the one that goes on.
  const family = row.state === 'merged' ? [row] : await familyOf(db, scope, row.root)
  const ids = family.map((one) => one.id)
  const codes = new Map(family.map((one) => [one.id, one.code]))
  const [inCase, people, notes, derivatives, handOvers, shares, live, [summary]] = await Promise.all([
    recordingsOf(db, row.root),
    peopleOf(db, ids),
    notesOf(db, ids),
    derivativesOf(db, ids),
    handOversOf(db, ids),
    sharesOf(db, ids),
    liveSharesOf(db, ids),
    summariesOf(db, [row], nowMs),
  ])
  const items = await itemsOf(
    db,
    handOvers.map((one) => one.id),
  )
  const views = await deps.evidence.offer.views(
    scope,
    inCase.map(({ recording }) => recording),
  )
  const byRecording = new Map(views.map((view) => [view.id, view]))
  const accounts = await deps.identity.accountsOf(scope)
  const withPasskey = new Set(accounts.filter(({ guest, strong }) => guest && strong).map((account) => account.id))
  const guests = new Map(shares.map((share) => [share.id, share.name]))
  return {
    case: summary as NonNullable<typeof summary>,
    summary: row.summary,
    closedBecause: row.closed_because,
    recordings: inCase.flatMap((one) => {
      const recording = byRecording.get(one.recording)
      return recording === undefined
        ? []
        : [
            {
              recording,
              addedAt: one.added_at,
              addedBy: one.added_by,
              why: one.why,
              from: one.case_id === row.id ? null : one.code,
            },
          ]
    }),
    people: people.map(personView),
    notes: notes.map(noteView),
    derivatives: derivatives.map(derivativeView),
    handOvers: handOvers.map((one) => handOverView(one, items)),
    shares: shares.map((share) => shareView(share, nowMs, withPasskey.has(share.account))),
    live: live.map((one) => liveView(one, guests.get(one.share) ?? '')),
    mergedFrom: family
      .filter((one) => one.id !== row.id)
      .map((one) => ({ id: one.id, code: one.code, title: one.title })),
    timeline: await timelineOf(deps, scope, { ids, codes, views, notes, people }),
    may: row.state === 'merged' ? [] : deps.identity.may(scope.actor, resourceOf(row), asked),
    nowMs,
  }
}

type Known = {
  readonly ids: readonly string[]
  readonly codes: ReadonlyMap<string, string>
  readonly views: readonly RecordingOf[]
  readonly notes: readonly CaseNoteRow[]
  readonly people: readonly CasePersonRow[]
}

/** Footage when it was captured, marks and alarms when they happened, steps when they were taken: oldest first. */
async function timelineOf(deps: CasesDeps, scope: Scope, known: Known): Promise<TimelineItem[]> {
  const recordings = known.views.map(({ id }) => id)
  const [steps, details, alarms] = await Promise.all([
    Promise.all(known.ids.map((id) => deps.ledger.entriesOf(scope, `case:${id}`))),
    Promise.all(recordings.map((id) => deps.evidence.offer.detail(scope, id))),
    recordings.length === 0 ? [] : deps.incidents.alarmsOf(scope, recordings),
  ])
  const texts = new Map([
    ...known.notes.map((note) => [note.id, note.text] as const),
    ...known.people.map((person) => [person.id, person.name] as const),
  ])
  const seen = new Set<string>()
  const entered = steps.flat().flatMap((entry): TimelineItem[] => {
    if (seen.has(entry.id)) {
      return []
    }
    seen.add(entry.id)
    const { note, person } = entry.details
    const text = texts.get(note ?? '') ?? texts.get(person ?? '') ?? null
    const about = known.notes.find(({ id }) => id === note)
    return [
      {
        at: entry.at,
        kind: entry.kind,
        who: entry.who,
        text,
        recording: about?.recording ?? null,
        atMs: about?.marked_at ?? null,
        entry: entry.id,
        details: { ...entry.details, allowed: String(entry.allowed) },
      },
    ]
  })
  const captured = known.views.map(
    (view): TimelineItem =>
      item(view.startedAt, 'footage', view.officer?.name ?? null, view.code, {
        recording: view.id,
        details: { device: view.device.code, durationMs: String(view.durationMs) },
      }),
  )
  const marked = details.flatMap(({ recording, markers }) =>
    markers.map((mark) =>
      item(mark.atMs, 'mark', mark.by, mark.note, {
        recording: recording.id,
        atMs: mark.atMs,
        details: mark.category === null ? {} : { category: mark.category },
      }),
    ),
  )
  const called = alarms.map((alarm) =>
    item(alarm.raisedAt, 'alarm', alarm.officer?.name ?? null, alarm.place, {
      recording: alarm.recording,
      atMs: alarm.raisedAt,
      details: { alarmKind: alarm.kind, number: String(alarm.number) },
    }),
  )
  return [...entered, ...captured, ...marked, ...called].sort((left, right) => left.at - right.at)
}

function item(
  at: number,
  kind: string,
  who: string | null,
  text: string | null,
  rest: Partial<TimelineItem> & Pick<TimelineItem, 'details'>,
): TimelineItem {
  return { at, kind, who, text, recording: null, atMs: null, entry: null, ...rest }
}
