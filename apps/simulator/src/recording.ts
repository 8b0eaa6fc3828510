import {
  encodeCanonical,
  frameUpload,
  fromUtf8,
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
  statementHash,
  toBase64Url,
} from '@sereno/proof'
import { type Clip, type Cut, cut } from './clip.ts'
import type { PhoneState } from './state.ts'

export type Chain = {
  readonly signer: Signer
  readonly state: PhoneState
  /** One statement at a time: two would take the same number. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly save: () => Promise<void>
  readonly installation: string
  readonly municipality: string
  readonly build: string
  readonly serverTime: () => ServerTime | null
  readonly checkpoint: () => SeenCheckpoint | null
  readonly monotonicMs: () => number
  readonly random: (bytes: number) => Uint8Array
}
export type Made = {
  readonly recording: string
  readonly sequence: number
  readonly body: Uint8Array<ArrayBuffer>
  readonly sha256: string
  readonly cut: Cut | null
  /** Opening of the positions that the statement commits to. */
  readonly opening: { readonly sequence: number; readonly salt: string; readonly positions: string } | null
}

/** Work after work, never two at once; a failure does not stop those behind it. */
export function turns(): Chain['inTurn'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Signs the statement that follows in the phone's chain. The state is saved before the bytes leave. */
async function next(
  chain: Chain,
  recording: string,
  atMs: number,
  build: (base: StatementBase) => Statement,
): Promise<{ readonly envelope: Uint8Array; readonly sha256: string; readonly sequence: number }> {
  const { state } = chain
  const sequence = state.open?.sequence ?? 0
  const statement = build({
    format: 1,
    installation: chain.installation,
    municipality: chain.municipality,
    device: state.device,
    keyEpoch: state.keyEpoch,
    counter: state.counter,
    recording,
    sequence,
    previous: state.head,
    wallClockMs: Math.round(atMs),
    monotonicMs: Math.max(0, Math.round(chain.monotonicMs())),
    serverTime: chain.serverTime(),
    checkpoint: chain.checkpoint(),
    build: chain.build,
    keyProtection: 'software',
  })
  const envelope = await signStatement(chain.signer, statement)
  const sha256 = await statementHash(envelope)
  state.counter += 1
  state.head = sha256
  state.open = { recording, sequence: sequence + 1 }
  await chain.save()
  return { envelope, sha256, sequence }
}

/** Media statement number `index` of the recording over a piece of the clip. */
export async function signMedia(
  chain: Chain,
  clip: Clip,
  piece: {
    readonly recording: string
    readonly index: number
    readonly endedAtMs: number
    readonly preEvent: boolean
    readonly positions: readonly Position[]
  },
): Promise<Made> {
  return chain.inTurn(() => signMediaNow(chain, clip, piece))
}

async function signMediaNow(chain: Chain, clip: Clip, piece: Parameters<typeof signMedia>[2]): Promise<Made> {
  const made = cut(clip, piece.index, !piece.preEvent)
  const salt = chain.random(32)
  const media = { sha256: await sha256Hex(made.media), sizeBytes: made.media.length }
  const positions = piece.positions.length > 0 ? await positionsCommitment(salt, piece.positions) : null
  const { envelope, sha256, sequence } = await next(chain, piece.recording, piece.endedAtMs, (base) => ({
    kind: 'media',
    body: {
      ...base,
      init: clip.initSha256,
      codecs: clip.codecs,
      audioOn: !piece.preEvent && clip.audio !== null,
      preEvent: piece.preEvent,
      media,
      timescale: clip.timescale,
      decodeTime: made.decodeTime,
      duration: made.durationTicks,
      positions,
    },
  }))
  return {
    recording: piece.recording,
    sequence,
    body: frameUpload({ envelope, media: made.media, ...(sequence === 0 ? { init: clip.init } : {}) }),
    sha256,
    cut: made,
    opening: positions
      ? {
          sequence,
          salt: toBase64Url(salt),
          positions: fromUtf8(encodeCanonical(piece.positions.map((p) => ({ ...p })))) ?? '',
        }
      : null,
  }
}

/** The signed stop: ends the recording and leaves the chain ready for the next. */
export async function signStop(chain: Chain, recording: string, atMs: number, reason: StopReason): Promise<Made> {
  return chain.inTurn(() => signStopNow(chain, recording, atMs, reason))
}

async function signStopNow(chain: Chain, recording: string, atMs: number, reason: StopReason): Promise<Made> {
  const { envelope, sha256, sequence } = await next(chain, recording, atMs, (base) => ({
    kind: 'stop',
    body: { ...base, reason, count: base.sequence, head: base.sequence === 0 ? null : base.previous },
  }))
  chain.state.open = null
  await chain.save()
  return { recording, sequence, body: frameUpload({ envelope }), sha256, cut: null, opening: null }
}
