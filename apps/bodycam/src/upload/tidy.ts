import type { Journal } from '../journal/journal.ts'
import { mayErase, type RecordingIndex } from '../journal/recording-index.ts'
import { Refused, type Server } from '../session/server.ts'
import type { Session } from '../session/session.ts'

export type TidyDeps = {
  readonly journal: Journal
  readonly server: Server
  readonly session: Session
  readonly nowMs: () => number
  /** The server lacks a piece that had a receipt (an old backup was restored there). */
  readonly onMissing: (recording: string, sequence: number) => void
}

const keptAfterwardsMs = 7 * 24 * 3_600_000
const markSettlesMs = 12_000

/**
 * One round of what follows the segments: marks, category and positions go up, and what is safe is erased here.
 * A local copy goes only against a receipt with the same hash *and* once a published checkpoint covers the recording
 * (design §3.4): the receipt alone could be a server's that forgets. What was quarantined there stays here.
 */
export async function tidy(deps: TidyDeps): Promise<void> {
  for (const index of deps.journal.recordings()) {
    if (index.pieces.some((piece) => piece.state !== 'held')) {
      // a note that the server refuses must not stand in the way of the others, nor of erasing
      await sendNotes(deps, index).catch((error: unknown) => {
        if (!(error instanceof Refused)) {
          throw error
        }
      })
    }
  }
  const waiting = deps.journal.recordings().filter(isWaiting).slice(0, 100)
  if (waiting.length > 0) {
    await askStates(deps, waiting)
  }
  for (const index of deps.journal.recordings()) {
    const isDone = index.pieces.length > 0 && index.pieces.every((piece) => piece.state === 'erased')
    const hasNotes = index.openings.size > 0 || index.category?.sent === false
    if (isDone && !hasNotes && deps.nowMs() - (index.pieces.at(-1)?.wallClockMs ?? 0) > keptAfterwardsMs) {
      await deps.journal.forget(index.id)
    }
  }
}

function isWaiting(index: RecordingIndex): boolean {
  return (
    index.stopReason !== null && index.pieces.every((piece) => piece.state !== 'held') && index.pieces.some(mayErase)
  )
}

async function askStates(deps: TidyDeps, waiting: readonly RecordingIndex[]): Promise<void> {
  const recordings = waiting.map((index) => index.id)
  const reply = await deps.session.run((token) =>
    deps.server.call('POST /device/recordings/states', { body: { recordings }, token }),
  )
  for (const state of reply.recordings) {
    const index = deps.journal.recording(state.id)
    if (index === null) {
      continue
    }
    const lost = state.known ? new Set(state.missing) : new Set(index.pieces.map((piece) => piece.sequence))
    for (const piece of index.pieces) {
      if (piece.state === 'safe' && lost.has(piece.sequence)) {
        await deps.journal.note(index.id, { kind: 'unreceived', sequence: piece.sequence })
        deps.onMissing(index.id, piece.sequence)
      }
    }
    if (state.known && lost.size === 0 && state.coveredByCheckpoint) {
      await deps.journal.note(index.id, { kind: 'covered' })
      for (const piece of index.pieces) {
        if (mayErase(piece)) {
          await deps.journal.erase(index.id, piece.sequence)
        }
      }
    }
  }
}

async function sendNotes(deps: TidyDeps, index: RecordingIndex): Promise<void> {
  const { journal, server, session } = deps
  const params = { id: index.id }
  for (const marker of index.markers.values()) {
    // for a moment the officer may still say what the mark was
    if (!marker.sent && deps.nowMs() - marker.atMs > markSettlesMs) {
      const body = {
        id: marker.id,
        atMs: marker.atMs,
        ...(marker.category === null ? {} : { category: marker.category }),
      }
      await session.run((token) => server.call('POST /device/recordings/:id/markers', { params, body, token }))
      await journal.note(index.id, { kind: 'marker-sent', id: marker.id })
    }
  }
  const { category } = index
  if (category !== null && !category.sent) {
    const body = { category: category.category, ...(category.note === null ? {} : { note: category.note }) }
    await session.run((token) => server.call('POST /device/recordings/:id/category', { params, body, token }))
    await journal.note(index.id, { kind: 'category-sent' })
  }
  const openings = [...index.openings.values()]
    .filter((opening) => index.pieces[opening.sequence]?.state !== 'held')
    .slice(0, 200)
  if (openings.length > 0) {
    await session.run((token) =>
      server.call('POST /device/recordings/:id/positions', { params, body: { openings }, token }),
    )
    await journal.note(index.id, { kind: 'openings-sent', sequences: openings.map((opening) => opening.sequence) })
  }
}
