import { type DeviceSelf, fleetOperations, type Permission } from '@sereno/contracts'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { FleetDeps } from './door.ts'
import { openEnrolment, redeemEnrolment } from './enrol.ts'
import type { RegisteredDevice, Reported } from './fleet.ts'
import { noteHealth } from './health.ts'
import { endShift, issueDevice, startShift } from './issue.ts'
import { addOfficer, officerView } from './officers.ts'
import { reportDevice } from './report.ts'
import type { Sessions } from './session.ts'
import { enrolmentById } from './store-enrolments.ts'
import { allOfficers, shiftById } from './store-shifts.ts'
import { mayWith, shiftView } from './view.ts'

/** What the routes need of the module beside its dependencies. */
export type Parts = {
  readonly sessions: Sessions
  readonly self: (device: string) => Promise<DeviceSelf>
  readonly device: (scope: Scope, id: string) => Promise<RegisteredDevice | null>
  readonly devices: (scope: Scope) => Promise<readonly RegisteredDevice[]>
  /** Forgets what is remembered of a device: its key, its actor. */
  readonly changed: (device: string) => void
}

export function fleetRoutes(deps: FleetDeps, parts: Parts): RouteTable {
  const { database, clock, config, identity } = deps

  function decide(actor: Actor, action: Permission, type: string, id: string): string {
    return identity.require(actor, action, { type, id, attributes: {} }).policy
  }

  async function shown(scope: Scope, id: string) {
    const device = await parts.device(scope, id)
    if (device === null) {
      throw new Refusal('device.not-found')
    }
    return mayWith(deps, scope)(device)
  }

  function report(as: Reported) {
    return async (call: {
      readonly scope: Scope
      readonly params: { readonly id: string }
      readonly body: { readonly reason: string }
    }) => {
      const policy = decide(call.scope.actor, 'device.revoke', 'Device', call.params.id)
      await reportDevice(deps, call.scope, call.params.id, { as, reason: call.body.reason, policy })
      parts.changed(call.params.id)
      return shown(call.scope, call.params.id)
    }
  }

  return routes(fleetOperations, {
    'GET /devices': async ({ scope }) => ({
      devices: (await parts.devices(scope)).map(mayWith(deps, scope)),
      nowMs: clock.nowMs(),
    }),
    'GET /devices/:id': async ({ scope, params }) => shown(scope, params.id),
    'POST /devices/enrolments': async ({ scope, body }) => {
      decide(scope.actor, 'device.enrol', 'Device', body.device ?? 'new')
      const opened = await database.transaction((tx) => openEnrolment(deps, tx, scope, body))
      return { ...opened, url: `${config.origin()}/bodycam/#enrol=${opened.token}` }
    },
    'GET /devices/enrolments/:id': async ({ scope, params }) => {
      const enrolment = await enrolmentById(database.db, scope, params.id)
      if (enrolment === null) {
        throw new Refusal('request.not-found')
      }
      const isUsed = enrolment.used_at !== null
      return {
        usedAt: enrolment.used_at,
        device: isUsed ? enrolment.device : null,
        expiresAt: enrolment.expires_at,
      }
    },
    'POST /devices/:id/issue': async ({ scope, params, body }) => {
      const policy = decide(scope.actor, 'device.issue', 'Device', params.id)
      const asked = { device: params.id, officer: body.officer, quadrant: body.quadrant ?? null }
      const issued = await database.transaction((tx) => issueDevice(deps, tx, scope, asked, { policy }))
      parts.changed(params.id)
      const row = await shiftById(database.db, scope, issued.shift)
      if (row === null) {
        throw new Refusal('shift.not-found')
      }
      return { shift: await shiftView(deps, row), pin: issued.pin }
    },
    'POST /devices/:id/return': async ({ scope, params }) => {
      const policy = decide(scope.actor, 'device.issue', 'Device', params.id)
      await database.transaction((tx) => endShift(deps, tx, scope, params.id, { kind: 'device.returned', policy }))
      parts.changed(params.id)
      return shown(scope, params.id)
    },
    'POST /devices/:id/lost': report('lost'),
    'POST /devices/:id/stolen': report('stolen'),
    'POST /devices/:id/revoke': report('revoked'),
    'GET /officers': async ({ scope }) => {
      const may = identity.may(scope.actor, { type: 'Officer', id: 'any', attributes: {} }, ['officer.write'])
      return { officers: (await allOfficers(database.db, scope)).map((row) => officerView(row, may)) }
    },
    'POST /officers': async ({ scope, body }) => {
      const policy = decide(scope.actor, 'officer.write', 'Officer', 'new')
      const row = await database.transaction((tx) => addOfficer(deps, tx, scope, { ...body, policy }))
      return officerView(row, ['officer.write'])
    },
    // the phone
    'POST /device/enrol': async ({ body }) => redeemEnrolment(deps, body, parts.self, parts.changed),
    'POST /device/challenge': async ({ body }) => parts.sessions.challenge(body.device),
    'POST /device/session': async ({ body }) => {
      const signature = Buffer.from(body.signature, 'base64url')
      const session = await parts.sessions.open(body.device, body.nonce, signature)
      return { ...session, self: await parts.self(body.device) }
    },
    'GET /device/self': async ({ actor }) => parts.self(phone(actor).device),
    'POST /device/health': async ({ actor, body }) => {
      await noteHealth(deps, phone(actor), body)
      return { nowMs: clock.nowMs() }
    },
    'POST /device/shift': async ({ actor, body }) => {
      const row = await startShift(deps, phone(actor), body)
      parts.changed(row.device)
      return shiftView(deps, row)
    },
    'POST /device/shift/end': async ({ actor, scope }) => {
      const { device } = phone(actor)
      await database.transaction((tx) => endShift(deps, tx, scope, device, { kind: 'shift.ended' }))
      parts.changed(device)
      return { ok: true }
    },
  })
}

/** The contract let only devices in; the type learns it here. */
function phone(actor: Actor): Actor & { readonly device: string } {
  if (actor.device === null) {
    throw new Refusal('access.denied')
  }
  return { ...actor, device: actor.device }
}
