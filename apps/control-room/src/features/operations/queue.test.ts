import type { Alarm } from '@sereno/contracts'
import { expect, test } from 'vitest'
import { frozenOrder, queueOf, untaken } from './queue.ts'

const alarm = (id: string, given: Partial<Alarm>): Alarm => ({
  id,
  number: 1,
  kind: 'battery',
  device: null,
  deviceCode: null,
  officer: null,
  raisedAt: 0,
  receivedAt: 0,
  recording: null,
  latitude: null,
  longitude: null,
  place: null,
  detail: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  cancelledAt: null,
  closedAt: null,
  closedNote: null,
  may: [],
  ...given,
})
const ids = (alarms: readonly Alarm[]): string => alarms.map(({ id }) => id).join(' ')

test('who needs a person now comes first, and an SOS stays until it is closed', () => {
  const queue = queueOf([
    alarm('battery', { receivedAt: 1 }),
    alarm('taken-sos', { kind: 'sos', receivedAt: 2, acknowledgedAt: 3 }),
    alarm('silent', { kind: 'silent', receivedAt: 9 }),
    alarm('sos', { kind: 'sos', receivedAt: 8 }),
    alarm('taken', { kind: 'storage', acknowledgedAt: 5 }),
    alarm('done', { kind: 'sos', closedAt: 9 }),
  ])
  expect(ids(queue.waiting)).toBe('sos taken-sos silent battery')
  expect(untaken(queue.waiting)).toBe(3)
  expect(ids(queue.running)).toBe('taken')
  expect(ids(queue.closed)).toBe('done')
})

test('nothing moves under the hand', () => {
  const now = queueOf([alarm('new-sos', { kind: 'sos' }), alarm('b', { receivedAt: 2 }), alarm('c', { receivedAt: 3 })])
  expect(ids(frozenOrder(['c', 'b', 'gone'], now.waiting))).toBe('c b new-sos')
})
