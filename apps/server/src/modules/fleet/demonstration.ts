import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { demonstrationOfficers, firstCameraNumber, officersOnShift } from './demonstration-people.ts'
import type { DemonstrationEnrolment, FleetDeps } from './door.ts'
import { openEnrolment } from './enrol.ts'
import type { OfficerName } from './fleet.ts'
import { endShift, issueDevice } from './issue.ts'
import { addOfficer } from './officers.ts'
import { allDevices, type DeviceRow, insertDevice } from './store-devices.ts'
import { allOfficers } from './store-shifts.ts'

const shiftLengthMs = 12 * 60 * 60_000

/** Officers and their cameras, registered and not yet enrolled, unless officers are there; answers them in order. */
export async function seedDemonstration(deps: FleetDeps, municipality: string): Promise<readonly OfficerName[]> {
  const scope: Scope = { municipality, actor: systemActor(municipality) }
  return deps.database.transaction(async (tx) => {
    const known = new Map((await allOfficers(tx, scope)).map((officer) => [officer.code, officer]))
    if (known.size > 0) {
      return demonstrationOfficers.flatMap(([code]) => known.get(code) ?? [])
    }
    const added: OfficerName[] = []
    const { areas } = await deps.territory.all(scope)
    const sectors = areas.filter(({ kind }) => kind === 'sector')
    for (const [index, [code, name]] of demonstrationOfficers.entries()) {
      const sector = sectors[Math.floor((index * sectors.length) / demonstrationOfficers.length)]?.id
      added.push(await addOfficer(deps, tx, scope, { code, name, sector }))
      const camera = { municipality, id: deps.ids.uuid(), code: cameraCode(index), kind: 'body-camera' as const }
      await insertDevice(tx, camera, deps.clock.nowMs())
    }
    return added
  })
}

/**
 * What the simulator needs at each start: a token for each camera that has no key yet, and a PIN for each shift that has
 * not started. A shift longer than twelve hours is over, and a new one issued. Cameras are issued before they are
 * enrolled here, so that the simulator needs nobody's permission; elsewhere that is refused.
 */
export async function demonstrationEnrolments(
  deps: FleetDeps,
  municipality: string,
): Promise<readonly DemonstrationEnrolment[]> {
  const scope: Scope = { municipality, actor: systemActor(municipality) }
  return deps.database.transaction(async (tx) => {
    const officers = await allOfficers(tx, scope)
    const devices = new Map((await allDevices(tx, scope)).map((device) => [device.code, device]))
    const quadrants = await deps.territory.quadrants(municipality)
    const { areas } = await deps.territory.all(scope)
    const found: DemonstrationEnrolment[] = []
    for (const [index, [officerCode]] of demonstrationOfficers.slice(0, officersOnShift).entries()) {
      const device = devices.get(cameraCode(index))
      const officer = officers.find(({ code }) => code === officerCode)
      const quadrant = quadrants[Math.floor((index * quadrants.length) / officersOnShift)]
      if (device === undefined || officer === undefined || quadrant === undefined || device.reported !== null) {
        continue
      }
      const issued = await onShift(deps, tx, scope, device, { officer: officer.id, quadrant: quadrant.id })
      const needsToken = device.key_epoch === 0
      const asked = { device: device.id, simulated: true }
      const ring = areas.find(({ id }) => id === quadrant.id)?.shape.coordinates[0] ?? []
      found.push({
        device: device.id,
        code: device.code,
        token: needsToken ? (await openEnrolment(deps, tx, scope, asked)).token : null,
        pin: issued.pin,
        shift: issued.shift,
        officer: { id: officer.id, code: officer.code, name: officer.name },
        quadrant: { id: quadrant.id, code: quadrant.code },
        ring,
      })
    }
    return found
  })
}

async function onShift(
  deps: FleetDeps,
  tx: Db,
  scope: Scope,
  device: DeviceRow,
  to: { readonly officer: string; readonly quadrant: string },
): Promise<{ readonly shift: string; readonly pin: string | null }> {
  if (device.shift !== null) {
    const issuedAt = await issuedAtOf(tx, device.shift)
    if (device.started_at !== null && deps.clock.nowMs() - issuedAt < shiftLengthMs) {
      return { shift: device.shift, pin: null }
    }
    await endShift(deps, tx, scope, device.id, { kind: 'device.returned' })
  }
  return issueDevice(deps, tx, scope, { device: device.id, ...to }, { beforeEnrolment: true })
}

async function issuedAtOf(tx: Db, shift: string): Promise<number> {
  const found = await sql<{ issued_at: number }>`select issued_at from shift where id = ${shift}::uuid`.execute(tx)
  return found.rows[0]?.issued_at ?? 0
}

function cameraCode(index: number): string {
  return `BC-${String(firstCameraNumber + index).padStart(4, '0')}`
}
