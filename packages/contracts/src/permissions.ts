/**
 * Roles a person may hold. `officer` is a person in the field; the phone itself has no login. The last three are outside
 * accounts: bound to one case until an instant, with no other right ({@link guestRoles}).
 */
export const roles = [
  'administrator',
  'operator',
  'supervisor',
  'custodian',
  'data-protection-officer',
  'internal-affairs',
  'analyst',
  'manager',
  'overseer',
  'officer',
  'police',
  'prosecutor',
  'defence',
] as const
export type Role = (typeof roles)[number]

/** Outside accounts. Made from a case (`POST /cases/:id/shares`), never by hand. */
export const guestRoles = ['police', 'prosecutor', 'defence'] as const satisfies readonly Role[]
export type GuestRole = (typeof guestRoles)[number]
/** Roles that an administrator gives. */
export const staffRoles = roles.filter((role) => !(guestRoles as readonly Role[]).includes(role))

/** Every permission a contract operation may demand. Which role holds which: `apps/server/src/modules/identity/policy`. */
export const permissions = [
  'self.read',
  'self.write',
  'account.read',
  'account.write',
  'installation.read',
  'installation.write',
  'ledger.read',
  'witness.approve',
  'witness.refuse',
  'territory.read',
  'territory.write',
  'device.read',
  'device.enrol',
  'device.issue',
  'device.revoke',
  'officer.read',
  'officer.write',
  'unit.read',
  'alarm.read',
  'alarm.acknowledge',
  'live.watch',
  'live.revoke',
  'recording.find',
  'recording.view',
  'recording.mark',
  'recording.seal',
  'recording.export',
  'recording.custody',
  'recording.break-glass',
  'review.read',
  'review.decide',
  'view.read',
  'view.own',
  'retention.read',
  'retention.propose',
  'retention.approve',
  'hold.place',
  'destruction.review',
  'destruction.approve',
  'completeness.read',
  'completeness.explain',
  'purchase.write',
  'case.read',
  'case.write',
  'case.manage',
  'case.share',
  'case.hand-over',
  'shared.read',
  'shared.view',
  'shared.download',
  'shared.live',
] as const
export type Permission = (typeof permissions)[number]
