import { checkTracks } from './check.ts'
import type { Tracks, TracksDeps } from './door.ts'
import { createRecorder } from './record.ts'
import { trackRoutes } from './routes.ts'
import { eraseBetween, pointsBetween, stretchesInside } from './store.ts'
import { joinVisits } from './tracks.ts'

export type { MovedUnit, StoredPoint, Tracks, TracksDeps } from './door.ts'
export const tracksMigrations = { module: 'tracks', folder: new URL('./migrations/', import.meta.url) }

const prepareEveryMs = 60 * 60_000

export function createTracks(deps: TracksDeps): Tracks {
  const recorder = createRecorder(deps)
  return {
    routes: trackRoutes(deps, recorder),
    timers: [{ name: 'tracks.days', everyMs: prepareEveryMs, run: recorder.prepareDays }],
    check: checkTracks(deps.database.db, deps.clock),
    async start() {
      await recorder.prepareDays()
      await recorder.load()
    },
    record: recorder.record,
    keep: recorder.keep,
    track: pointsBetween,
    erase: eraseBetween,
    near: async (db, municipality, circle) => joinVisits(await stretchesInside(db, municipality, circle)),
    latest: recorder.latest,
  }
}
