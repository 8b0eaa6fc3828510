import type { Tile } from '@sereno/proof'
import type { Pinned } from '../engine/pinned.ts'
import { mayErase, type RecordingIndex } from '../journal/recording-index.ts'
import { type Cover, type CoverProblem, checkCover } from './cover.ts'
import { followPinned, originOf } from './follow.ts'
import { type NotesDeps, sendNotes } from './notes.ts'

export type TidyDeps = NotesDeps & {
  /** The server lacks a piece that had a receipt (an old backup was restored there). */
  readonly onMissing: (recording: string, sequence: number) => void
  /** The log that was pinned at enrolment, or followed since; null while the server has not named one. */
  readonly pinned: () => Promise<Pinned | null>
  /** A tile of the public log. */
  readonly readTile: (tile: Tile) => Promise<Uint8Array>
  /** What the server shows of the log contradicts what this phone knows of it; null when it does not any more. */
  readonly onDoubt: (recording: string, problem: CoverProblem | null) => void
}

const keptAfterwardsMs = 7 * 24 * 3_600_000

/**
 * One round of what follows the segments: marks, category and positions go up, and what is safe is erased here.
 * A local copy goes only against a receipt with the same hash *and* once a published checkpoint covers the recording
 * (design §3.4): the receipt alone could be a server's that forgets. The server says when it is worth asking; whether the
 * checkpoint covers it is judged here (cover.ts). What was quarantined there stays here.
 */
export async function tidy(deps: TidyDeps): Promise<void> {
  for (const index of deps.journal.recordings()) {
    if (index.pieces.some((piece) => piece.state !== 'held')) {
      await sendNotes(deps, index)
    }
  }
  const waiting = deps.journal.recordings().filter(isWaiting).slice(0, 100)
  if (waiting.length > 0) {
    await askStates(deps, waiting)
  }
  for (const index of deps.journal.recordings()) {
    if (isFinished(index) && deps.nowMs() - (index.pieces.at(-1)?.wallClockMs ?? 0) > keptAfterwardsMs) {
      await deps.journal.forget(index.id)
    }
  }
}

/** Nothing of it waits for anything: every piece is safe and gone from here, every note was sent or refused for good. */
export function isFinished(index: RecordingIndex): boolean {
  const isGone = index.pieces.length > 0 && index.pieces.every((piece) => piece.state === 'erased')
  const { category } = index
  return isGone && index.openings.size === 0 && (category === null || category.sent || category.refused !== null)
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
    if (state.known && lost.size === 0 && state.coveredByCheckpoint && (await isCovered(deps, index))) {
      await deps.journal.note(index.id, { kind: 'covered' })
      for (const piece of index.pieces) {
        if (mayErase(piece)) {
          await deps.journal.erase(index.id, piece.sequence)
        }
      }
    }
  }
}

async function isCovered(deps: TidyDeps, index: RecordingIndex): Promise<boolean> {
  const pinned = await deps.pinned()
  if (pinned === null) {
    return false
  }
  const params = { id: index.id }
  const cover = await deps.session.run((token) =>
    deps.server.call('GET /device/recordings/:id/cover', { params, token }),
  )
  const problem = (await followed(deps, pinned, cover)) ?? (await judged(deps, pinned, cover, index))
  deps.onDoubt(index.id, problem === 'unproven' ? null : problem)
  return problem === null
}

/** Why the log that the server shows now is not known to continue the pinned one; null when it is that one, or does. */
async function followed({ server }: TidyDeps, pinned: Pinned, { checkpoint }: Cover): Promise<CoverProblem | null> {
  const { origin } = pinned.log()
  const wanted = checkpoint === null ? origin : originOf(checkpoint)
  if (wanted === null || wanted === origin) {
    return null
  }
  const next = await followPinned(pinned.log(), pinned.seen(), wanted, server)
  if (!next.ok) {
    return next.problem
  }
  await pinned.goesOn(next.log, next.seen)
  return null
}

async function judged(
  deps: TidyDeps,
  pinned: Pinned,
  cover: Cover,
  index: RecordingIndex,
): Promise<CoverProblem | null> {
  const result = await checkCover(cover, index, pinned.log(), pinned.seen(), deps.readTile)
  if (result.seen !== null) {
    await pinned.saw(result.seen)
  }
  return result.ok ? null : result.problem
}
