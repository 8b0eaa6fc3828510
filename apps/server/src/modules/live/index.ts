export type { Live, LiveDeps, Presence, SnapshotPart } from './door.ts'
export const liveMigrations = { module: 'live', folder: new URL('./migrations/', import.meta.url) }
