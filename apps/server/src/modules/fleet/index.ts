export type { DemonstrationEnrolment, Fleet, FleetDeps } from './door.ts'
export type {
  DeviceHealth,
  DeviceKey,
  DeviceKind,
  DeviceState,
  Duty,
  IssueAt,
  OfficerName,
  QuadrantName,
  RegisteredDevice,
  ShiftView,
} from './fleet.ts'
export const fleetMigrations = { module: 'fleet', folder: new URL('./migrations/', import.meta.url) }
