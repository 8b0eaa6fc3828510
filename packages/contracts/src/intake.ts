import { Type } from 'typebox'
import { ById, Done, InstantMs, nullable, type Operations, Sha256Hex, Uuid, Words } from './operation.ts'

/** Bytes of every block of a file but its last: the evidence format, section 12. */
const Block = Type.Integer({ minimum: 0, maximum: 99_999 })
const Envelope = Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: 24_000 })
const FileName = Type.String({ minLength: 1, maxLength: 255 })

export const UploadState = Type.Enum(['receiving', 'verifying', 'kept', 'refused'])
/** What whoever reads the folder guesses of a file before anybody parsed it. All of it optional, none of it signed. */
export const FileHint = Type.Object({
  maker: nullable(Type.String({ maxLength: 64 })),
  model: nullable(Type.String({ maxLength: 64 })),
  serial: nullable(Type.String({ maxLength: 64 })),
  /** By the camera's clock, and what to add to it: server time minus camera time as far as a person measured it. */
  startedAt: nullable(InstantMs),
  clockOffsetMs: nullable(Type.Integer()),
  basis: nullable(Type.Enum(['file-name', 'declared'])),
})
export const Upload = Type.Object({
  id: Uuid,
  state: UploadState,
  sizeBytes: Type.Integer(),
  receivedBytes: Type.Integer(),
  /** Blocks that are durable, as stretches `[from, to]`, both included, ascending. */
  received: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])),
  /** Why it was refused. */
  refusal: nullable(Type.String()),
  /** Once kept: the DSSE envelope of the receipt for the file, base64. It names SHA-256 and size. */
  receipt: nullable(Type.String()),
})

export const IntakeUpload = Type.Object({
  id: Uuid,
  name: Type.String(),
  dock: Type.Object({ id: Uuid, code: Type.String() }),
  state: UploadState,
  sizeBytes: Type.Integer(),
  receivedBytes: Type.Integer(),
  startedAt: InstantMs,
  heardAt: InstantMs,
  refusal: nullable(Type.String()),
})
export const SourceKind = Type.Enum(['camera', 'user'])
/** A camera or a person as another system names it, to be matched with our own. */
export const IntakeSource = Type.Object({
  id: Uuid,
  kind: SourceKind,
  /** Where it was seen: the dock, or the site of a camera system. */
  system: Type.String(),
  name: Type.String(),
  /** Serial number or user name there; may be empty. */
  key: Type.String(),
  model: nullable(Type.String()),
  state: Type.Enum(['unmatched', 'matched', 'ignored']),
  device: nullable(Type.Object({ id: Uuid, code: Type.String() })),
  officer: nullable(Type.Object({ id: Uuid, code: Type.String(), name: Type.String() })),
  recordings: Type.Integer(),
  seenAt: InstantMs,
})
export const IntakeFile = Type.Object({
  recording: Uuid,
  code: Type.String(),
  sequence: Type.Integer(),
  name: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Sha256Hex,
  receivedAt: InstantMs,
})
export const AxisConnection = Type.Object({
  id: Uuid,
  siteName: Type.String(),
  userName: Type.String(),
  createdAt: InstantMs,
  createdBy: Type.String(),
  /** When its camera system was last heard. */
  heardAt: nullable(InstantMs),
  system: nullable(Type.String()),
  recordings: Type.Integer(),
  wantsEncryption: Type.Boolean(),
})
export const ViewingCopyState = Type.Enum(['none', 'wanted', 'made', 'impossible'])
/** A file of a recording that is made of whole files. */
export const RecordingFileView = Type.Object({
  sequence: Type.Integer(),
  name: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: Sha256Hex,
  role: Type.Enum(['video', 'sound', 'track', 'key', 'other', 'unreadable']),
  container: nullable(Type.String()),
  codecs: nullable(Type.String()),
  /** Milliseconds from the recording's start, and how long it lasts; 0 without a picture. */
  startMs: Type.Integer(),
  durationMs: Type.Integer(),
  /** What is shown: the original's own bytes, a copy made for viewing, or nothing yet. */
  shown: Type.Enum(['original', 'copy', 'nothing']),
  copy: Type.Object({
    state: ViewingCopyState,
    /** Why there is none: `no-ffmpeg`, `no-space`, `failed`, `encrypted`. */
    reason: nullable(Type.String()),
    sha256: nullable(Sha256Hex),
    sizeBytes: nullable(Type.Integer()),
    madeAt: nullable(InstantMs),
  }),
})

export const intakeOperations = {
  'POST /device/uploads/known': {
    access: 'device',
    summary:
      'Whether files are here already. With the whole hash: their receipts. With size and first block only: whether hashing the whole is worth the time',
    body: Type.Object({
      files: Type.Array(
        Type.Object({
          sizeBytes: Type.Integer({ minimum: 0 }),
          firstBlock: nullable(Sha256Hex),
          sha256: nullable(Sha256Hex),
        }),
        { maxItems: 100 },
      ),
    }),
    reply: Type.Object({
      files: Type.Array(
        Type.Object({
          maybe: Type.Boolean(),
          recording: nullable(Uuid),
          receipt: nullable(Type.String()),
        }),
      ),
    }),
  },
  'POST /device/uploads': {
    access: 'device',
    summary: 'Begin a file, or go on with it: the id is the recording’s, made by the dock; idempotent',
    body: Type.Object({
      id: Uuid,
      name: FileName,
      sizeBytes: Type.Integer({ minimum: 0 }),
      pathSha256: nullable(Sha256Hex),
      modifiedAt: nullable(InstantMs),
      hint: FileHint,
    }),
    reply: Upload,
  },
  'PUT /device/uploads/:id/blocks/:block': {
    access: 'device',
    summary:
      'One block of 8 MiB, its SHA-256 in the header `x-block-sha256`. Any order, again and again; durable when it is answered',
    params: Type.Object({ id: Uuid, block: Block }),
    body: 'stream',
    reply: Type.Object({ block: Type.Integer(), sha256: Sha256Hex, receivedBytes: Type.Integer(), nowMs: InstantMs }),
  },
  'GET /device/uploads/:id': {
    access: 'device',
    summary: 'What is there of a file',
    params: ById,
    reply: Upload,
  },
  'POST /device/uploads/:id/complete': {
    access: 'device',
    summary:
      'All blocks are sent: the signed `file` and `stop` statements. The server reads the whole file again, hashes it and seals it; ask until it is kept',
    params: ById,
    body: Type.Object({ statement: Envelope, stop: Envelope }),
    reply: Upload,
  },
  'GET /intake': {
    access: 'device.read',
    summary: 'What comes in from other cameras: uploads under way, cameras and people to be matched, unreadable files',
    reply: Type.Object({
      uploads: Type.Array(IntakeUpload),
      sources: Type.Array(IntakeSource),
      unreadable: Type.Array(IntakeFile),
      connections: Type.Array(AxisConnection),
      copies: Type.Object({ waiting: Type.Integer(), possible: Type.Boolean() }),
      nowMs: InstantMs,
      may: Type.Array(Type.String()),
    }),
  },
  'POST /intake/sources/:id/match': {
    access: 'device.enrol',
    summary: 'This camera or person is one of ours: its recordings, past and to come, are theirs. An entry for each',
    params: ById,
    body: Type.Object({ device: Type.Optional(Uuid), officer: Type.Optional(Uuid) }),
    reply: IntakeSource,
  },
  'POST /intake/sources/:id/ignore': {
    access: 'device.enrol',
    summary: 'Not one of ours, and not asked about again. What it sent is kept all the same',
    params: ById,
    reply: IntakeSource,
  },
  'POST /intake/connections': {
    access: 'device.enrol',
    summary: 'A connection file for an Axis body-worn system controller. Its secret is shown once',
    body: Type.Object({
      siteName: Words(64),
      /** PEM, RSA: clips arrive encrypted for it and only its owner opens them. */
      publicKey: Type.Optional(Type.String({ maxLength: 8_000 })),
      publicKeyId: Type.Optional(Words(64)),
    }),
    reply: Type.Object({ connection: AxisConnection, fileName: Type.String(), file: Type.String() }),
  },
  'POST /intake/connections/:id/end': {
    access: 'device.enrol',
    summary: 'The connection’s key no longer opens anything',
    params: ById,
    reply: Done,
  },
  'GET /recordings/:id/files': {
    access: 'recording.find',
    summary: 'The whole files a recording is made of, and what of them can be shown',
    params: ById,
    reply: Type.Object({ files: Type.Array(RecordingFileView) }),
  },
  'GET /looks/:look/files/:sequence': {
    access: 'recording.view',
    summary:
      'A file through an open look, decrypted while it is sent; `Range` is honoured. `copy` asks for the viewing copy',
    params: Type.Object({ look: Uuid, sequence: Type.Integer({ minimum: 0 }) }),
    query: Type.Object({ copy: Type.Optional(Type.Boolean()) }),
    reply: 'stream',
  },
} as const satisfies Operations
