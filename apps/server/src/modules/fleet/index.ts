import { systemActor } from '../../kernel/actor.ts'
import { checkFleet } from './check.ts'
import { demonstrationEnrolments, seedDemonstration } from './demonstration.ts'
import type { Fleet, FleetDeps } from './door.ts'
import { enrolOwnDock } from './enrol-own.ts'
import { createSeen } from './health.ts'
import { createKeys } from './keys.ts'
import { fleetRoutes } from './routes.ts'
import { createSessions } from './session.ts'
import { allDevices, deviceById, devicesOnDuty, saveStatement, saveStatements } from './store-devices.ts'
import { officerById, shiftById, shiftCovering } from './store-shifts.ts'
import { duty, issueView, registered, selfOf } from './view.ts'

export type { Fleet, FleetDeps } from './door.ts'
export type {
  DeviceKey,
  IssueAt,
} from './fleet.ts'
export const fleetMigrations = { module: 'fleet', folder: new URL('./migrations/', import.meta.url) }

const flushSeenEveryMs = 10_000
const sweepSessionsEveryMs = 10 * 60_000

export function createFleet(deps: FleetDeps): Fleet {
  const { database, clock } = deps
  const keys = createKeys()
  const sessions = createSessions(deps, keys)
  const seen = createSeen(clock)

  function changed(device: string): void {
    keys.forget(device)
    sessions.forget(device)
  }

  const device: Fleet['device'] = async (scope, id) => {
    const row = await deviceById(database.db, scope, id)
    return row === null ? null : registered(row, seen.at(id))
  }
  const devices: Fleet['devices'] = async (scope) =>
    (await allDevices(database.db, scope)).map((row) => registered(row, seen.at(row.id)))
  const self: Fleet['self'] = (id) => selfOf(deps, id)

  return {
    routes: fleetRoutes(deps, { sessions, self, device, devices, changed }),
    timers: [
      { name: 'fleet.seen', everyMs: flushSeenEveryMs, run: () => seen.flush(database.db) },
      { name: 'fleet.sessions', everyMs: sweepSessionsEveryMs, run: sessions.sweep },
    ],
    check: checkFleet(deps),
    start: () => seen.load(database.db),
    async authenticateDevice(token) {
      const actor = await sessions.authenticate(token)
      if (actor?.device != null) {
        seen.touch(actor.device, clock.nowMs())
      }
      return actor
    },
    keyOf: keys.keyOf,
    currentKey: keys.currentKey,
    verifyByDevice: (id, message, signature) => keys.verify(database.db, id, message, signature),
    async issueAt(db, id, atMs) {
      const row = await shiftCovering(db, id, atMs)
      return row === null ? null : issueView(deps, row)
    },
    async shift(db, scope, id) {
      const row = await shiftById(db, scope, id)
      return row === null ? null : issueView(deps, row)
    },
    device,
    devices,
    async officer(scope, id) {
      const row = await officerById(database.db, scope, id)
      return row === null ? null : { id: row.id, code: row.code, name: row.name }
    },
    async onDuty(scope) {
      const rows = await devicesOnDuty(database.db, scope)
      const duties = await Promise.all(rows.map((row) => duty(deps, row, seen.at(row.id))))
      return duties.filter((each) => each !== null)
    },
    touch: seen.touch,
    seenAt: seen.at,
    noteStatement: (tx, id, counter, head, recording) => saveStatement(tx, id, { counter, head, recording }),
    noteStatements: saveStatements,
    self,
    ownDock: (scope, key) => enrolOwnDock(deps, scope, key, changed),
    seedDemonstration: (municipality) => seedDemonstration(deps, municipality),
    async demonstrationEnrolments(municipality) {
      const found = await demonstrationEnrolments(deps, municipality)
      for (const { id } of await devices({ municipality, actor: systemActor(municipality) })) {
        changed(id)
      }
      return found
    },
  }
}
