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
export type { CheckpointProblem, VerifiedCheckpoint } from './checkpoint.ts'
export { signCheckpoint, verifyCheckpoint } from './checkpoint.ts'
export type { Checkpoint } from './checkpoint-body.ts'
export { formatCheckpoint, parseCheckpoint } from './checkpoint-body.ts'
export type {
  Completeness,
  CompletenessDevice,
  CompletenessFinding,
  CompletenessRecording,
  CompletenessVerification,
  NumberRange,
} from './completeness.ts'
export {
  allHeadsDigest,
  completenessFormat,
  completenessPayloadType,
  completenessStatement,
  encodeCompleteness,
  uncovered,
  verifyCompleteness,
} from './completeness.ts'
export type { Continuation, FollowProblem, KnownLog, LogReader, Successor } from './continuation.ts'
export { encodeContinuation, followContinuation, followLog } from './continuation.ts'
export { cosign } from './cosignature.ts'
export type { CustodyProof, VerifiedEntry } from './custody.ts'
export { isIncluded, openEntry } from './custody.ts'
export type { ClipLineage, ClipSegment, Lineage, StillLineage } from './derivative.ts'
export { derivativePayloadType, encodeLineage, openLineage } from './derivative.ts'
export type { Envelope, EnvelopeSignature } from './dsse.ts'
export {
  encodeEnvelope,
  isSignedBy,
  openEnvelope,
  preAuthenticationEncoding,
  signCanonical,
  signEnvelope,
} from './dsse.ts'
export type { FileMembers, FileSource, IncrementalHash, StatedFile } from './file-recording.ts'
export {
  fileBlockBytes,
  fileBlockCount,
  fileBlockName,
  fileBlockSize,
  fileBlocksRoot,
  filePayloadType,
  maximumFileBlocks,
} from './file-recording.ts'
export { sha256, sha256Hex } from './hash.ts'
export type { KeyProblem, PublicKey, Signer, Verifier } from './keys.ts'
export {
  decodeEd25519,
  ed25519Key,
  importVerifier,
  keyId,
  mlDsaSignerFromSeed,
  samePublicKey,
  signerFromSeed,
  signerOf,
} from './keys.ts'
export type { Field, LedgerLeaf, Opening } from './leaf.ts'
export {
  commitFields,
  decodeLeaf,
  encodeLeaf,
  fieldCommitment,
  maximumFields,
  openField,
  openFields,
  verifyOpening,
  verifyOpenings,
} from './leaf.ts'
export type { Manifest, SequenceRange } from './manifest.ts'
export { encodeManifest, manifestPayloadType, openManifest, trackDigest } from './manifest.ts'
export type { ClosedNode, Frontier, Nodes } from './merkle.ts'
export {
  appendLeaf,
  consistencyProof,
  emptyFrontier,
  frontierOf,
  frontierRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesOf,
  rootAt,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
export { mlDsa44 } from './ml-dsa.ts'
export type { Note, NoteProblem, NoteSigned } from './note.ts'
export { addSignatures, formatSignatures, openNote, readSignatures, signNote, verifyNote } from './note.ts'
export type { NoteSignature, NoteUse, NoteVerifier } from './note-key.ts'
export { encodeVkey, noteKeyHash, parseVkey, readVkey } from './note-key.ts'
export type { PackageParts } from './package/build.ts'
export { buildPackage } from './package/build.ts'
export type { DisclosedPositions, PackageContent } from './package/content.ts'
export { memberNames, packagePayloadType } from './package/content.ts'
export type { DisclosedNote, ExportProof, PackedTimestamp } from './package/extras.ts'
export type { Promised, Receipt } from './receipt.ts'
export {
  encodePromise,
  encodeReceipt,
  openPromise,
  openReceipt,
  promisePayloadType,
  receiptPayloadType,
} from './receipt.ts'
export type { GapFact, KnownStatement, RecordingFacts } from './recording.ts'
export { assembleRecording } from './recording.ts'
export type { Accepted, Refused, Result } from './result.ts'
export type { SealedUpload } from './sealed-upload.ts'
export {
  frameSealedUpload,
  maximumSealedUploadBytes,
  parseSealedUpload,
  sealedUploadInfo,
  sealedUploadPlace,
  sealedUploadType,
} from './sealed-upload.ts'
export type { Opened, SignedProblem } from './signed.ts'
export type { Source } from './source.ts'
export { blobSource, bytesSource } from './source.ts'
export type {
  FileStatement,
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
  encodeStatement,
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
export type { Tile } from './tiles.ts'
export {
  decodeEntryBundle,
  encodeEntryBundle,
  nodesOfTiles,
  parseTilePath,
  tilePath,
  tilesBetween,
  tileWidth,
  tileWidthAt,
} from './tiles.ts'
export type { PreviousLog, TimeAuthority, Trust, TrustedWitness } from './trust.ts'
export { encodeTrust, formatTrust, parseTrust, trustFingerprint } from './trust.ts'
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
export type { DerivativeOptions, DerivativeResult, DerivativeVerification } from './verify/derivative.ts'
export { verifyDerivative } from './verify/derivative.ts'
export type { CheckId, CheckStatus, VerificationCheck } from './verify/report.ts'
export { checkIds } from './verify/report.ts'
export type { CheckTimestamp, TimestampFinding } from './verify/timestamps.ts'
export type { PackageFacts, Verification, VerificationResult, VerifyOptions } from './verify/verify.ts'
export { verifyPackage } from './verify/verify.ts'
export type { AddCheckpoint, WitnessAnswer, WitnessMemory } from './witness.ts'
export { answerAddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './witness.ts'
export type { Attestation, JudgedCheckpoint, WitnessSeen } from './witnessing.ts'
export { attestationOf, judgeCheckpoint, mlDsaState } from './witnessing.ts'
export type { Crc32 } from './zip/crc32.ts'
export { crc32 } from './zip/crc32.ts'
