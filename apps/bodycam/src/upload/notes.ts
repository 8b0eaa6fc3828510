import type { Journal } from '../journal/journal.ts'
import type { RecordingIndex } from '../journal/recording-index.ts'
import { Refused, type Server } from '../session/server.ts'
import type { Session } from '../session/session.ts'

export type NotesDeps = {
  readonly journal: Journal
  readonly server: Server
  readonly session: Session
  readonly nowMs: () => number
}

const markSettlesMs = 12_000
const openingsAtOnce = 200

/**
 * Sends what the officer and the sensors said of a recording beside its segments: marks, category, openings of positions.
 * Each by itself, so that one the server refuses stands in the way of nothing. Throws Unreachable only.
 */
export async function sendNotes(deps: NotesDeps, index: RecordingIndex): Promise<void> {
  for (const send of [sendMarkers, sendCategory, sendOpenings]) {
    await send(deps, index).catch((error: unknown) => {
      if (!(error instanceof Refused)) {
        throw error
      }
    })
  }
}

async function sendMarkers({ journal, server, session, nowMs }: NotesDeps, index: RecordingIndex): Promise<void> {
  for (const marker of index.markers.values()) {
    // for a moment the officer may still say what the mark was
    if (!marker.sent && nowMs() - marker.atMs > markSettlesMs) {
      const { id, atMs, category } = marker
      const body = { id, atMs, ...(category === null ? {} : { category }) }
      const params = { id: index.id }
      await session.run((token) => server.call('POST /device/recordings/:id/markers', { params, body, token }))
      await journal.note(index.id, { kind: 'marker-sent', id })
    }
  }
}

async function sendCategory({ journal, server, session }: NotesDeps, index: RecordingIndex): Promise<void> {
  const { category } = index
  if (category === null || category.sent || category.refused !== null) {
    return
  }
  const body = { category: category.category, ...(category.note === null ? {} : { note: category.note }) }
  const params = { id: index.id }
  try {
    await session.run((token) => server.call('POST /device/recordings/:id/category', { params, body, token }))
    await journal.note(index.id, { kind: 'category-sent' })
  } catch (error) {
    if (error instanceof Refused && isForGood(error)) {
      // asking again changes nothing: the officer is told, and the control room may still put one
      await journal.note(index.id, { kind: 'category-refused', code: error.code })
    }
    throw error
  }
}

async function sendOpenings({ journal, server, session }: NotesDeps, index: RecordingIndex): Promise<void> {
  const openings = [...index.openings.values()]
    .filter((opening) => index.pieces[opening.sequence]?.state !== 'held')
    .slice(0, openingsAtOnce)
  if (openings.length > 0) {
    const params = { id: index.id }
    await session.run((token) =>
      server.call('POST /device/recordings/:id/positions', { params, body: { openings }, token }),
    )
    await journal.note(index.id, { kind: 'openings-sent', sequences: openings.map(({ sequence }) => sequence) })
  }
}

// The session's own end is dealt with by the session; a recording that is not known yet may arrive.
function isForGood({ status }: Refused): boolean {
  return status === 403 || status === 400 || status === 422
}
