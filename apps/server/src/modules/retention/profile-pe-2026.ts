/**
 * What Peruvian law says about keeping and ending recordings, as data (docs/guide/retention.md explains it). A number is
 * either in the text of a norm (`text`: it was read), said by others to be (`secondhand`), or a choice of ours where the
 * law leaves one (`choice`). A municipality's lawyer reviews all of it; terms are changed by the municipality itself.
 */
import { keyCopyDays } from '../../kernel/key-copies.ts'
import type { LegalProfile } from './profile.ts'

const floor = { norm: 'DS 007-2020-IN', article: '17.2.b', confidence: 'text' } as const
const longer = { norm: 'DS 007-2020-IN', article: '17.2.c', confidence: 'text' } as const
const directive = { norm: 'Directiva 01-2020-JUS/DGTAIPD', article: '6.13', confidence: 'secondhand' } as const
// Three years from the fault (one from when human resources knew), and one from a proceeding's beginning to its end.
const discipline = { norm: 'Ley 30057', article: '94', confidence: 'text' } as const
const complaints = { norm: 'DS 007-2020-PCM', article: '13-18', confidence: 'text' } as const
const restricted = { norm: 'DS 007-2020-IN', article: '5.1', confidence: 'text' } as const
const access = { norm: 'TUO Ley 27806', article: '11', confidence: 'text' } as const
const archive = { norm: 'TUO Ley 27806', article: '21', confidence: 'text' } as const
const ours = { norm: 'PE-2026', article: '—', confidence: 'choice' } as const

const from = '2020-04-25'
const untilNow = { from, until: null }

export const pe2026: LegalProfile = {
  id: 'PE-2026',
  from: '2026-01-01',
  numbers: [
    { id: 'floor', value: 45, unit: 'calendar-day', sources: [floor], ...untilNow },
    { id: 'advised', value: 60, unit: 'calendar-day', sources: [directive], from: '2020-01-17', until: null },
    { id: 'discipline', value: 3, unit: 'year', sources: [discipline], from: '2013-07-05', until: null },
    {
      id: 'after-complaint',
      value: 1,
      unit: 'year',
      // No norm names it. A year is what the law gives a proceeding, so it covers one that is opened on what this one found.
      sources: [ours, discipline],
      from: '2026-01-01',
      until: null,
    },
    { id: 'appeal', value: 15, unit: 'calendar-day', sources: [access], from: '2019-12-12', until: null },
    { id: 'tribunal', value: 10, unit: 'working-day', sources: [access], from: '2019-12-12', until: null },
    { id: 'hand-over', value: 24, unit: 'hour', sources: [{ ...floor, article: '17.1.b' }], ...untilNow },
    {
      id: 'access-log',
      value: 2,
      unit: 'year',
      sources: [{ norm: 'DS 016-2024-JUS', article: '46.3', confidence: 'text' }],
      from: '2025-03-30',
      until: null,
    },
    { id: 'review', value: 180, unit: 'calendar-day', sources: [ours], from: '2026-01-01', until: null },
    { id: 'after-release', value: 30, unit: 'calendar-day', sources: [ours], from: '2026-01-01', until: null },
    { id: 'waiting', value: 7, unit: 'calendar-day', sources: [ours], from: '2026-01-01', until: null },
    { id: 'cooling', value: 72, unit: 'hour', sources: [ours], from: '2026-01-01', until: null },
    { id: 'snapshot', value: keyCopyDays, unit: 'calendar-day', sources: [ours], from: '2026-01-01', until: null },
  ],
  rules: {
    none: term({ unit: 'day', count: 60 }, [floor, directive]),
    'no-incident': term({ unit: 'day', count: 60 }, [floor, directive]),
    test: term({ unit: 'day', count: 60 }, [floor, directive]),
    assistance: term({ unit: 'day', count: 60 }, [floor, directive]),
    force: term({ unit: 'year', count: 3 }, [discipline, longer]),
    complaint: {
      ...term({ unit: 'year', count: 3 }, [discipline, complaints, ours]),
      afterClosing: { unit: 'year', count: 1 },
    },
    crime: untilReleased([longer]),
    injury: untilReleased([longer]),
    'restricted-place': term({ unit: 'day', count: 45 }, [restricted, floor]),
  },
  bases: [
    { id: 'crime', mustNotify: true, sources: [longer] },
    { id: 'investigation', mustNotify: true, sources: [longer] },
    { id: 'court-order', mustNotify: false, sources: [{ norm: 'DL 1218', article: '15', confidence: 'text' }] },
    { id: 'discipline', mustNotify: false, sources: [discipline] },
    { id: 'data-protection', mustNotify: false, sources: [{ norm: 'Ley 29733', article: '20', confidence: 'text' }] },
    { id: 'access-request', mustNotify: false, sources: [access, archive] },
    { id: 'precaution', mustNotify: false, sources: [ours] },
  ],
  // National ones; a day too many only makes a term longer.
  holidays: [
    '01-01',
    'easter-3',
    'easter-2',
    '05-01',
    '06-07',
    '06-29',
    '07-23',
    '07-28',
    '07-29',
    '08-06',
    '08-30',
    '10-08',
    '11-01',
    '12-08',
    '12-09',
    '12-25',
  ],
  settings: {
    'waiting-days': { usual: 7, least: 1 },
    'cooling-hours': { usual: 72, least: 24 },
    'snapshot-days': { usual: keyCopyDays, least: keyCopyDays },
  },
}

function term(
  keep: { readonly unit: 'day' | 'year'; readonly count: number },
  sources: LegalProfile['rules']['none']['sources'],
): LegalProfile['rules']['none'] {
  return { keep, afterClosing: null, reviewEveryDays: null, sources }
}

function untilReleased(sources: LegalProfile['rules']['none']['sources']): LegalProfile['rules']['none'] {
  return { keep: null, afterClosing: null, reviewEveryDays: 180, sources }
}
