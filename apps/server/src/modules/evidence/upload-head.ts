/**
 * An upload's envelope and init segment come first in its body (evidence format, section 3). They are read and judged
 * before the media is waited for, so that strangers never make us hold theirs.
 */
import { hash } from 'node:crypto'
import { maximumEnvelopeBytes, maximumInitBytes, maximumMediaBytes, parseUpload, type Statement } from '@sereno/proof'
import type { Body } from '../../kernel/http-body.ts'
import { refusalOf } from './judge.ts'

/** The envelope is gone once the whole body is asked for; the lengths stay. */
export type Head = { readonly envelope: Uint8Array; readonly initBytes: number; readonly sizeBytes: number }

/** Refuses `segment.bad-frame`. */
export async function readHead(body: Body): Promise<Head> {
  const afterEnvelope = 4 + lengthAt(await body.first(4), 0, maximumEnvelopeBytes) + 4
  const opening = await body.first(afterEnvelope)
  const sizeBytes = afterEnvelope + lengthAt(opening, afterEnvelope - 4, maximumInitBytes)
  const parsed = parseUpload(await body.first(sizeBytes))
  if (!parsed.ok) {
    throw refusalOf(parsed.code)
  }
  const { envelope, init } = parsed.value
  return { envelope, initBytes: init.length, sizeBytes }
}

// A length over its limit, or none, is found by who parses; here it only bounds what is waited for.
function lengthAt(bytes: Uint8Array, offset: number, maximum: number): number {
  if (bytes.length < offset + 4) {
    return 0
  }
  return Math.min(new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(offset), maximum)
}

/** Whether media of this length can be what was signed, and whether the init is. Refuses the codes of `segment.*`. */
export function checkHead({ initBytes }: Head, mediaBytes: number, statement: Statement): void {
  if (mediaBytes > maximumMediaBytes) {
    throw refusalOf('media-too-long')
  }
  if (statement.kind !== 'media') {
    if (mediaBytes > 0) {
      throw refusalOf('unexpected-media')
    }
    if (initBytes > 0) {
      throw refusalOf('unexpected-init')
    }
    return
  }
  if (mediaBytes !== statement.body.media.sizeBytes) {
    throw refusalOf('wrong-media-size')
  }
}

/** Refuses `segment.wrong-hash`. */
export function checkHashes(init: Uint8Array, media: Uint8Array, statement: Statement): void {
  if (statement.kind !== 'media') {
    return
  }
  if (hash('sha256', media) !== statement.body.media.sha256) {
    throw refusalOf('wrong-media-hash')
  }
  if (init.length > 0 && hash('sha256', init) !== statement.body.init) {
    throw refusalOf('wrong-init-hash')
  }
}
