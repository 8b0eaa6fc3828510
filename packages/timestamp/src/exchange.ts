import { Integer, OctetString } from 'asn1js'
import { AlgorithmIdentifier, id_sha256, MessageImprint, TimeStampReq, TimeStampResp } from 'pkijs'
import { bufferOf } from './bytes.ts'
import { accept, type Result, refuse } from './result.ts'

export type ResponseProblem = 'malformed-timestamp' | 'not-granted'

/** `granted` and `grantedWithMods` (RFC 3161 §2.4.2). */
const granted: ReadonlySet<number> = new Set([0, 1])

/** A request over a SHA-256, DER (RFC 3161 §2.4.1). The authority's certificate is asked for. */
export function timestampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  // A leading zero keeps the number positive and its encoding as short as DER wants it.
  const number = new Uint8Array([0x01, ...nonce])
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256 }),
      hashedMessage: new OctetString({ valueHex: bufferOf(sha256) }),
    }),
    nonce: new Integer({ valueHex: bufferOf(number) }),
    certReq: true,
  })
  return new Uint8Array(request.toSchema().toBER(false))
}

/** The token of a response, DER: what is kept, and what {@link verifyStamp} reads. */
export function readResponse(der: Uint8Array): Result<Uint8Array, ResponseProblem> {
  try {
    const response = TimeStampResp.fromBER(bufferOf(der))
    if (!granted.has(response.status.status) || response.timeStampToken === undefined) {
      return refuse('not-granted')
    }
    return accept(new Uint8Array(response.timeStampToken.toSchema().toBER(false)))
  } catch {
    return refuse('malformed-timestamp')
  }
}
