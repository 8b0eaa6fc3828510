import type { Bytes } from './bytes.ts'
import type { Result } from './result.ts'
import { type Check, flag, hash, instantMs, integer, nullable, oneOf, shape, uuid } from './shape.ts'
import { encodePayload, type Opened, openSigned, type SignedProblem } from './signed.ts'

export const receiptPayloadType = 'application/vnd.sereno.receipt+json;v=1'
export const promisePayloadType = 'application/vnd.sereno.promise+json;v=1'

/**
 * What a server signs once a statement and its media are durable. The same upload again gets the same bytes,
 * so a device may erase its copy against it.
 */
export type Receipt = {
  readonly format: 1
  readonly installation: string
  readonly municipality: string
  readonly device: string
  readonly recording: string
  readonly sequence: number
  /** {@link statementHash} of what was received. */
  readonly statement: string
  readonly media: { readonly sha256: string; readonly sizeBytes: number } | null
  readonly receivedAtMs: number
  /** Kept, but not (yet) part of the recording: the key was revoked, the sequence taken, … */
  readonly quarantined: boolean
}

/** A log's promise to include a leaf: handed to whoever looked, whose inclusion anyone can later demand. */
export type Promised = {
  readonly format: 1
  /** The log's UUID. */
  readonly origin: string
  readonly leafHash: string
  readonly promisedAtMs: number
  readonly includedByMs: number
}

const receiptShape: Check<Receipt> = shape<Receipt>({
  format: oneOf(1),
  installation: uuid,
  municipality: uuid,
  device: uuid,
  recording: uuid,
  sequence: integer(0, 0x7fffffff),
  statement: hash,
  media: nullable(shape({ sha256: hash, sizeBytes: integer(1) })),
  receivedAtMs: instantMs,
  quarantined: flag,
})

const promiseShape: Check<Promised> = shape<Promised>({
  format: oneOf(1),
  origin: uuid,
  leafHash: hash,
  promisedAtMs: instantMs,
  includedByMs: instantMs,
})

/** Payload for the receipt key to sign under {@link receiptPayloadType}. */
export function encodeReceipt(receipt: Receipt): Bytes {
  return encodePayload(receipt, receiptShape)
}

export function openReceipt(envelope: Uint8Array): Result<Opened<Receipt>, SignedProblem> {
  return openSigned(envelope, receiptPayloadType, receiptShape)
}

/** Payload for the promise key to sign under {@link promisePayloadType}. */
export function encodePromise(promise: Promised): Bytes {
  return encodePayload(promise, promiseShape)
}

export function openPromise(envelope: Uint8Array): Result<Opened<Promised>, SignedProblem> {
  return openSigned(envelope, promisePayloadType, promiseShape)
}
