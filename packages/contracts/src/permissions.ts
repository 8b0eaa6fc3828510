/** Roles a person may hold. `officer` is a person in the field; the phone itself has no login. */
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
] as const
export type Role = (typeof roles)[number]

/** Every permission a contract operation may demand. Which role holds which: `apps/server/src/modules/identity/policy`. */
export const permissions = [
  'self.read',
  'self.write',
  'account.read',
  'account.write',
  'installation.read',
  'installation.write',
  'ledger.read',
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
] as const
export type Permission = (typeof permissions)[number]
