export type { Incidents, IncidentsDeps } from './door.ts'
export const incidentsMigrations = { module: 'incidents', folder: new URL('./migrations/', import.meta.url) }
