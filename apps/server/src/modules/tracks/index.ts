export type { Circle, MovedUnit, Recorded, StoredPoint, Tracks, TracksDeps, Visit } from './door.ts'
export const tracksMigrations = { module: 'tracks', folder: new URL('./migrations/', import.meta.url) }
