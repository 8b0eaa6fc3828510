import { guestRoles, type Permission, type Role } from '@sereno/contracts'

const own: readonly Permission[] = ['self.read', 'self.write']
const everybody: readonly Permission[] = [...own, 'territory.read']
const registers: readonly Permission[] = ['device.read', 'officer.read']
const fleet: readonly Permission[] = ['device.enrol', 'device.issue', 'device.revoke', 'officer.write']
const conservation: readonly Permission[] = ['retention.read', 'retention.propose', 'hold.place']
const twoPeople: readonly Permission[] = ['retention.approve', 'destruction.review', 'destruction.approve']
const integrity: readonly Permission[] = ['completeness.read', 'completeness.explain']
/** Those who look at whoever runs the machines. */
const watchers: readonly Permission[] = ['witness.approve', 'witness.refuse']
const guest: readonly Permission[] = ['shared.read', 'shared.view', 'shared.download']
const room: readonly Permission[] = ['unit.read', 'alarm.read', 'alarm.acknowledge', 'live.watch', 'recording.mark']

/**
 * Which role may ask for what: the gate in front of every operation of the contract. What a role may then do with one
 * object, for one purpose, is decided by the Cedar policies beside this file; a test holds both together.
 */
const granted: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    'account.read',
    'account.write',
    'installation.read',
    'installation.write',
    'ledger.read',
    'witness.refuse',
    'territory.write',
    'completeness.read',
    'purchase.write',
    ...registers,
    ...fleet,
  ],
  operator: ['installation.read', ...registers, ...room, 'recording.find', 'recording.view', 'recording.break-glass'],
  supervisor: [
    'installation.read',
    'ledger.read',
    ...registers,
    ...fleet,
    ...room,
    'live.revoke',
    'recording.find',
    'recording.view',
    'recording.break-glass',
    'recording.custody',
    'case.read',
    'case.write',
    'case.share',
    ...conservation,
    ...integrity,
  ],
  custodian: [
    'installation.read',
    'ledger.read',
    ...registers,
    'recording.find',
    'recording.view',
    'recording.mark',
    'recording.seal',
    'recording.export',
    'recording.custody',
    'case.read',
    'case.write',
    'case.manage',
    'case.share',
    'case.hand-over',
    ...conservation,
    ...twoPeople,
    ...integrity,
  ],
  'data-protection-officer': [
    'account.read',
    'installation.read',
    'ledger.read',
    ...watchers,
    ...registers,
    'live.revoke',
    'recording.find',
    'recording.view',
    'recording.break-glass',
    'review.read',
    'review.decide',
    'view.read',
    'recording.custody',
    'case.read',
    ...conservation,
    ...twoPeople,
    'completeness.read',
  ],
  'internal-affairs': [
    'ledger.read',
    ...registers,
    'recording.find',
    'recording.view',
    'recording.break-glass',
    'recording.custody',
    'case.read',
    'case.write',
    'retention.read',
    'hold.place',
    'completeness.read',
  ],
  analyst: [],
  manager: ['installation.read', 'completeness.read', 'purchase.write', ...registers],
  overseer: [
    'installation.read',
    'ledger.read',
    ...watchers,
    'review.read',
    'recording.custody',
    'retention.read',
    'completeness.read',
  ],
  // Nothing of their own recordings until statements are kept: `propia-no-antes-del-parte`.
  officer: ['view.own'],
  police: [...guest, 'shared.live'],
  prosecutor: guest,
  defence: guest,
}

/** What stays open while a second factor is still to be proven. */
export function isOwn(permission: Permission): boolean {
  return own.includes(permission)
}

export function isGuest(roles: readonly Role[]): boolean {
  return guestRoles.some((role) => roles.includes(role))
}

/** Whoever is a guest is nothing else: another role of the same account does not count. */
export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  if (isGuest(roles)) {
    return new Set([...own, ...guestRoles.filter((role) => roles.includes(role)).flatMap((role) => granted[role])])
  }
  return new Set(roles.length === 0 ? [] : [...everybody, ...roles.flatMap((role) => granted[role])])
}
