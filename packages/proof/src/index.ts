export type { Bytes } from './bytes.ts'
export {
  compare,
  concat,
  equal,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from './bytes.ts'
export type { Json, JsonObject } from './canonical-json.ts'
export { decodeCanonical, encodeCanonical } from './canonical-json.ts'
export type { Envelope, EnvelopeSignature } from './dsse.ts'
export {
  encodeEnvelope,
  isSignedBy,
  openEnvelope,
  preAuthenticationEncoding,
  signCanonical,
  signEnvelope,
} from './dsse.ts'
export { sha256, sha256Hex } from './hash.ts'
export type { KeyProblem, PublicKey, Signer, Verifier } from './keys.ts'
export { decodeEd25519, ed25519Key, importVerifier, keyId, samePublicKey, signerFromSeed, signerOf } from './keys.ts'
export type { Accepted, Refused, Result } from './result.ts'
export type {
  GapReason,
  GapStatement,
  MediaStatement,
  OpenedStatement,
  Position,
  SeenCheckpoint,
  ServerTime,
  Statement,
  StatementBase,
  StatementProblem,
  StopReason,
  StopStatement,
} from './statement.ts'
export {
  gapPayloadType,
  gapReasons,
  mediaPayloadType,
  openStatement,
  payloadTypeOf,
  positionsCommitment,
  signStatement,
  statementHash,
  stopPayloadType,
  stopReasons,
} from './statement.ts'
export type { FrameProblem, Upload, UploadProblem } from './upload.ts'
export {
  checkUpload,
  frameUpload,
  maximumEnvelopeBytes,
  maximumInitBytes,
  maximumMediaBytes,
  maximumUploadBytes,
  openUpload,
  parseUpload,
} from './upload.ts'
