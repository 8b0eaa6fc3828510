import { type AudioTrack, createSegmenter, type Gop, type Segmenter, type VideoTrack } from '@sereno/media'
import {
  encodeCanonical,
  frameUpload,
  type GapReason,
  type Position,
  positionsCommitment,
  type SeenCheckpoint,
  type ServerTime,
  type Signer,
  type Statement,
  type StatementBase,
  type StopReason,
  sha256Hex,
  signStatement,
  toBase64Url,
} from '@sereno/proof'
import { describeBody, type Journal } from './journal.ts'
import { lastPiece, type Opening, type RecordingIndex, type Signed } from './recording-index.ts'

/** Who signs, and what the phone knew of the world at that moment. */
export type Signatory = {
  readonly signer: Signer
  readonly installation: string
  readonly municipality: string
  readonly device: string
  readonly keyEpoch: number
  readonly build: string
  readonly serverTime: () => ServerTime | null
  readonly checkpoint: () => SeenCheckpoint | null
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>
}
/** Wall clock and monotonic clock of the page, read where the thing happened. */
export type Clocks = { readonly wallClockMs: number; readonly monotonicMs: number }
export type Written = { readonly recording: string; readonly signed: Signed }

export type Scribe = {
  readonly open: (recording: string, atMs: number, sos: boolean) => Promise<void>
  readonly media: (recording: string, input: MediaInput) => Promise<Written>
  readonly gap: (recording: string, input: GapInput) => Promise<Written>
  readonly stop: (recording: string, reason: StopReason, clocks: Clocks) => Promise<Written | null>
  /** Ends what a kill left open: a signed gap up to now, then a signed stop. Replies with what it closed. */
  readonly closeAbandoned: (clocks: Clocks) => Promise<readonly RecordingIndex[]>
}
export type MediaInput = Clocks & {
  readonly gop: Gop
  readonly video: VideoTrack
  readonly audio: AudioTrack | null
  readonly audioOn: boolean
  readonly preEvent: boolean
  readonly positions: readonly Position[]
}
export type GapInput = Clocks & {
  readonly reason: GapReason
  readonly fromMs: number
  readonly toMs: number
  readonly missingMs: number
}

/** A span of a recording that could not be written, until a signed gap says so. */
type Lost = Omit<GapInput, keyof Clocks>

/** The picture has another shape or coding now. A recording keeps its first init, so another recording must begin. */
export class CameraChanged extends Error {}

/**
 * Signs and keeps statements one after another: numbers are given here and nowhere else. `onKept` hears of each
 * statement once it is durable, whatever becomes of the call that asked for it.
 */
export function createScribe(
  journal: Journal,
  signatory: Signatory,
  onKept: (written: Written) => void = () => undefined,
): Scribe {
  const segmenters = new Map<string, { segmenter: Segmenter; video: VideoTrack; initKept: boolean }>()
  const lost = new Map<string, Lost>()
  /** Openings of positions that the disk did not take yet. */
  let owed: readonly { readonly recording: string; readonly opening: Opening }[] = []
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = turn.then(run)
    turn = done.catch(() => undefined)
    return done
  }

  const baseOf = (recording: string, clocks: Clocks): StatementBase => {
    const index = journal.recording(recording)
    if (index === null) {
      throw new RangeError('no such recording on this phone')
    }
    const head = journal.head()
    return {
      format: 1,
      installation: signatory.installation,
      municipality: signatory.municipality,
      device: signatory.device,
      keyEpoch: signatory.keyEpoch,
      counter: head.nextCounter,
      recording,
      sequence: index.pieces.length,
      // numbers are given in one row, so the head of the recording before is simply the last statement of all
      previous: lastPiece(index)?.hash ?? head.lastHash,
      wallClockMs: Math.round(clocks.wallClockMs),
      monotonicMs: Math.round(clocks.monotonicMs),
      serverTime: signatory.serverTime(),
      checkpoint: signatory.checkpoint(),
      build: signatory.build,
      keyProtection: 'software',
    }
  }
  const keep = async (
    statement: Statement,
    parts: { readonly init?: Uint8Array; readonly media?: Uint8Array },
  ): Promise<Written> => {
    const envelope = await signStatement(signatory.signer, statement)
    const body = frameUpload({ envelope, ...parts })
    const signed = await describeBody(body)
    if (signed === null) {
      throw new TypeError('a statement that does not read back')
    }
    await journal.commit(statement.body.recording, signed, body)
    const written = { recording: statement.body.recording, signed }
    onKept(written)
    return written
  }
  const noteOpenings = async (): Promise<void> => {
    for (const { recording, opening } of owed) {
      await journal.note(recording, { kind: 'opening', opening })
      owed = owed.slice(1)
    }
  }

  const media = async (recording: string, input: MediaInput): Promise<Written> => {
    await tellLost(recording, input)
    const known = segmenters.get(recording)
    if (known !== undefined && !sameVideo(known.video, input.video)) {
      throw new CameraChanged()
    }
    const { state, first } = known !== undefined ? { state: known, first: null } : await begin(recording, input)
    const { segmenter } = state
    const made = first ?? (await segmenter.add(input.gop))
    const base = baseOf(recording, input)
    const salt = input.positions.length > 0 ? signatory.randomBytes(32) : null
    const written = await keep(
      {
        kind: 'media',
        body: {
          ...base,
          init: segmenter.initSha256,
          codecs: segmenter.codecs,
          audioOn: input.audioOn,
          preEvent: input.preEvent,
          media: { sha256: await sha256Hex(made.media), sizeBytes: made.media.length },
          timescale: made.timescale,
          decodeTime: made.decodeTime,
          duration: made.duration,
          positions: salt === null ? null : await positionsCommitment(salt, input.positions),
        },
      },
      state.initKept ? { media: made.media } : { init: segmenter.init, media: made.media },
    )
    state.initKept = true
    if (salt !== null) {
      const positions = new TextDecoder().decode(encodeCanonical(input.positions.map((position) => ({ ...position }))))
      const opening = { sequence: base.sequence, salt: toBase64Url(salt), positions }
      owed = [...owed, { recording, opening }]
      // the segment is on the disk: an opening that is not must not make it look lost
      await noteOpenings().catch(() => undefined)
    }
    return written
  }
  const begin = async (recording: string, input: MediaInput) => {
    const made = await createSegmenter({ video: input.video, audio: input.audio, first: input.gop })
    const state = { segmenter: made.segmenter, video: input.video, initKept: false }
    segmenters.set(recording, state)
    return { state, first: made.first }
  }
  const gap = (recording: string, input: GapInput): Promise<Written> => {
    const fromMs = Math.round(input.fromMs)
    const body = {
      ...baseOf(recording, input),
      observed: true as const,
      reason: input.reason,
      fromMs,
      toMs: Math.max(fromMs, Math.round(input.toMs)),
      missingMs: Math.max(0, Math.round(input.missingMs)),
    }
    return keep({ kind: 'gap', body }, {})
  }
  /** A span that did not reach the disk is a signed gap, in its place: before anything else is signed (I-5). */
  const tellLost = async (recording: string, { wallClockMs, monotonicMs }: Clocks): Promise<void> => {
    const span = lost.get(recording)
    if (span !== undefined) {
      await gap(recording, { ...span, wallClockMs, monotonicMs })
      lost.delete(recording)
    }
  }
  const orLost = async (recording: string, span: Lost, write: () => Promise<Written>): Promise<Written> => {
    try {
      return await write()
    } catch (error) {
      const before = lost.get(recording)
      lost.set(recording, before === undefined ? { ...span, reason: causeOf(error, span.reason) } : join(before, span))
      throw error
    }
  }
  const stop = async (recording: string, reason: StopReason, clocks: Clocks): Promise<Written | null> => {
    const index = journal.recording(recording)
    if (index === null || index.stopReason !== null) {
      return null
    }
    // the end of the recording is worth more than the gap, when there is room for one of them
    await tellLost(recording, clocks).catch(() => undefined)
    lost.delete(recording)
    const base = baseOf(recording, clocks)
    segmenters.delete(recording)
    const head = base.sequence === 0 ? null : base.previous
    return keep({ kind: 'stop', body: { ...base, reason, count: base.sequence, head } }, {})
  }

  return {
    open: (recording, atMs, sos) => inTurn(() => journal.open(recording, Math.round(atMs), sos)),
    media: (recording, input) => inTurn(() => orLost(recording, spanOf(input), () => media(recording, input))),
    gap: (recording, input) =>
      inTurn(() =>
        orLost(recording, lostOf(input), async () => {
          await tellLost(recording, input)
          return gap(recording, input)
        }),
      ),
    stop: (recording, reason, clocks) => inTurn(() => stop(recording, reason, clocks)),
    closeAbandoned: (clocks) =>
      inTurn(async () => {
        const abandoned = journal.recordings().filter((index) => index.stopReason === null)
        for (const index of abandoned) {
          const last = lastPiece(index)
          if (last === null) {
            // opened, and killed before anything was signed: nothing is missing from any count
            await journal.forget(index.id)
            continue
          }
          const missingMs = clocks.wallClockMs - last.wallClockMs
          if (last.what !== 'gap' || last.reason !== 'tab-killed') {
            const span = { fromMs: last.wallClockMs, toMs: clocks.wallClockMs, missingMs }
            await gap(index.id, { ...clocks, ...span, reason: 'tab-killed' })
          }
          await stop(index.id, 'recovered', clocks)
        }
        return abandoned.filter((index) => index.pieces.length > 0)
      }),
  }
}

function lostOf({ reason, fromMs, toMs, missingMs }: GapInput): Lost {
  return { reason, fromMs, toMs, missingMs }
}

function spanOf({ gop, wallClockMs }: MediaInput): Lost {
  const missingMs = gop.video.reduce((sum, sample) => sum + sample.durationUs, 0) / 1000
  return { reason: 'unknown', fromMs: wallClockMs - missingMs, toMs: wallClockMs, missingMs }
}

function join(first: Lost, then: Lost): Lost {
  const toMs = Math.max(first.toMs, then.toMs)
  return { ...first, toMs, missingMs: first.missingMs + then.missingMs }
}

function causeOf(error: unknown, known: GapReason): GapReason {
  if (known !== 'unknown') {
    return known
  }
  if (error instanceof CameraChanged) {
    return 'camera-lost'
  }
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'storage-full' : 'unknown'
}

function sameVideo(left: VideoTrack, right: VideoTrack): boolean {
  return (
    left.width === right.width &&
    left.height === right.height &&
    left.codec === right.codec &&
    left.description.length === right.description.length &&
    left.description.every((byte, place) => byte === right.description[place])
  )
}
