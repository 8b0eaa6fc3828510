/**
 * Opens what a phone sealed to the installation once its recording had ended (evidence format, section 3). Everything
 * after this sees the same bytes as of an upload that was never sealed: hashes, signatures and receipts are over those.
 */
import { createDecipheriv } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  maximumSealedUploadBytes,
  maximumUploadBytes,
  parseSealedUpload,
  sealedUploadPlace,
  sealedUploadType,
} from '@sereno/proof'
import { Refusal } from '../../kernel/errors.ts'
import { type Signer, SignerRefusal } from '../../kernel/signer.ts'
import type { Place } from './judge.ts'

const tagBytes = 16
const nonce = new Uint8Array(12)

/** How long this upload's body may be. */
export function bodyLimit(request: IncomingMessage): number {
  return isSealed(request) ? maximumSealedUploadBytes : maximumUploadBytes
}

/** Answers the plain body; one that is not sealed is its own. Refuses `segment.bad-frame`, `segment.not-opened`. */
export function createUnsealer(
  signer: Signer,
): (request: IncomingMessage, place: Place, body: Uint8Array) => Promise<Uint8Array> {
  return async (request, place, body) => {
    if (!isSealed(request)) {
      return body
    }
    const sealed = parseSealedUpload(body)
    if (sealed === null) {
      throw new Refusal('segment.bad-frame', { problem: 'malformed-seal' })
    }
    const bound = sealedUploadPlace(place.recording, place.sequence)
    const { keyId, enc, wrappedKey } = sealed
    const key = await signer.openQueued({ keyId, enc, wrappedKey, place: bound }).catch((problem: unknown) => {
      throw problem instanceof SignerRefusal ? new Refusal('segment.not-opened', { keyId }) : problem
    })
    return opened(key, bound, sealed.body)
  }
}

function opened(key: Uint8Array, place: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAAD(place).setAuthTag(sealed.subarray(-tagBytes))
  const plain = decipher.update(sealed.subarray(0, -tagBytes))
  try {
    decipher.final()
  } catch {
    throw new Refusal('segment.not-opened')
  }
  return plain
}

/** Whether the whole body must be there, and be opened, before anything in it can be judged. */
export function isSealed(request: IncomingMessage): boolean {
  return request.headers['content-type']?.split(';')[0]?.trim() === sealedUploadType
}
