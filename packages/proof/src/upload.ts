import { type Bytes, concat, readU32be, toHex, u32be } from './bytes.ts'
import { isSignedBy } from './dsse.ts'
import { sha256 } from './hash.ts'
import type { Verifier } from './keys.ts'
import { accept, type Result, refuse } from './result.ts'
import { type OpenedStatement, openStatement, type StatementProblem } from './statement.ts'

export const maximumEnvelopeBytes: number = 16 * 1024
export const maximumInitBytes: number = 64 * 1024
export const maximumMediaBytes: number = 16 * 1024 * 1024
/** Upper bound of a whole upload body: count bytes against it while they arrive. */
export const maximumUploadBytes: number = 8 + maximumEnvelopeBytes + maximumInitBytes + maximumMediaBytes

/** The parts of an upload body. `init` and `media` are empty where they are not sent. */
export type Upload = { readonly envelope: Uint8Array; readonly init: Uint8Array; readonly media: Uint8Array }

export type FrameProblem = 'frame-truncated' | 'frame-empty' | 'envelope-too-long' | 'init-too-long' | 'media-too-long'

export type UploadProblem =
  | FrameProblem
  | StatementProblem
  | 'bad-signature'
  | 'wrong-media-size'
  | 'wrong-media-hash'
  | 'wrong-init-hash'
  | 'unexpected-media'
  | 'unexpected-init'

/** u32be length ‖ envelope ‖ u32be length ‖ init ‖ media. Throws RangeError when a part is over its limit. */
export function frameUpload(parts: {
  readonly envelope: Uint8Array
  readonly init?: Uint8Array
  readonly media?: Uint8Array
}): Bytes {
  const { envelope, init = new Uint8Array(0), media = new Uint8Array(0) } = parts
  const problem = limitProblem(envelope.length, init.length, media.length)
  if (problem !== null) {
    throw new RangeError(problem)
  }
  return concat(u32be(envelope.length), envelope, u32be(init.length), init, media)
}

/** Cuts a body into its parts (views, no copies). Lengths are checked before anything is looked at. */
export function parseUpload(body: Uint8Array): Result<Upload, FrameProblem> {
  if (body.length < 8) {
    return refuse('frame-truncated')
  }
  const envelopeBytes = readU32be(body, 0)
  if (envelopeBytes > maximumEnvelopeBytes) {
    return refuse('envelope-too-long')
  }
  const initStart = 4 + envelopeBytes + 4
  if (body.length < initStart) {
    return refuse('frame-truncated')
  }
  const initBytes = readU32be(body, initStart - 4)
  const problem = limitProblem(envelopeBytes, initBytes, Math.max(0, body.length - initStart - initBytes))
  if (problem !== null) {
    return refuse(problem)
  }
  if (body.length < initStart + initBytes) {
    return refuse('frame-truncated')
  }
  return accept({
    envelope: body.subarray(4, 4 + envelopeBytes),
    init: body.subarray(initStart, initStart + initBytes),
    media: body.subarray(initStart + initBytes),
  })
}

/**
 * All that can be judged of an upload without knowing the recording: signature, size, hash, init.
 * The caller finds the verifier by device and key epoch, so it opens the statement first. `digest` may be a
 * runtime's own SHA-256.
 */
export async function checkUpload(
  upload: Upload,
  opened: OpenedStatement,
  verifier: Verifier,
  digest: (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array = sha256,
): Promise<Result<OpenedStatement, UploadProblem>> {
  if (!(await isSignedBy(opened.envelope, verifier))) {
    return refuse('bad-signature')
  }
  const { statement } = opened
  if (statement.kind !== 'media') {
    if (upload.media.length > 0) {
      return refuse('unexpected-media')
    }
    return upload.init.length > 0 ? refuse('unexpected-init') : accept(opened)
  }
  if (upload.media.length !== statement.body.media.sizeBytes) {
    return refuse('wrong-media-size')
  }
  if (toHex(await digest(upload.media)) !== statement.body.media.sha256) {
    return refuse('wrong-media-hash')
  }
  if (upload.init.length > 0 && toHex(await digest(upload.init)) !== statement.body.init) {
    return refuse('wrong-init-hash')
  }
  return accept(opened)
}

/** {@link parseUpload} and `openStatement` in one step. */
export function openUpload(
  body: Uint8Array,
): Result<{ readonly upload: Upload; readonly opened: OpenedStatement }, FrameProblem | StatementProblem> {
  const upload = parseUpload(body)
  if (!upload.ok) {
    return upload
  }
  const opened = openStatement(upload.value.envelope)
  return opened.ok ? accept({ upload: upload.value, opened: opened.value }) : opened
}

function limitProblem(envelopeBytes: number, initBytes: number, mediaBytes: number): FrameProblem | null {
  if (envelopeBytes === 0) {
    return 'frame-empty'
  }
  if (envelopeBytes > maximumEnvelopeBytes) {
    return 'envelope-too-long'
  }
  if (initBytes > maximumInitBytes) {
    return 'init-too-long'
  }
  return mediaBytes > maximumMediaBytes ? 'media-too-long' : null
}
