export type { Evidence, EvidenceDeps, EvidenceSettings, RecordingView } from './door.ts'

export const evidenceMigrations = { module: 'evidence', folder: new URL('./migrations/', import.meta.url) }
