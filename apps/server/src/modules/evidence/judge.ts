/** Everything that can be judged of an upload by its head, before its media is waited for. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { RefusalCode } from '@sereno/contracts'
import { isSignedBy, openStatement, type Statement, type UploadProblem, type Verifier } from '@sereno/proof'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { DeviceKey, Fleet } from '../fleet/index.ts'
import { highestSequenceTaken } from './evidence.ts'

export type Judged = {
  readonly statement: Statement
  readonly statementSha256: string
  /** The envelope's own bytes; canonical JSON of ASCII members, so text holds them exactly. */
  readonly envelope: string
  readonly key: DeviceKey
}

const codes: Readonly<Record<UploadProblem, RefusalCode>> = {
  'frame-truncated': 'segment.bad-frame',
  'frame-empty': 'segment.bad-frame',
  'envelope-too-long': 'segment.bad-frame',
  'init-too-long': 'segment.bad-frame',
  'media-too-long': 'segment.bad-frame',
  'unexpected-media': 'segment.bad-frame',
  'unexpected-init': 'segment.bad-frame',
  'malformed-envelope': 'segment.bad-frame',
  'unknown-payload-type': 'segment.bad-frame',
  'malformed-statement': 'segment.bad-frame',
  'not-canonical': 'segment.not-canonical',
  'bad-signature': 'segment.bad-signature',
  'wrong-media-size': 'segment.wrong-size',
  'wrong-media-hash': 'segment.wrong-hash',
  'wrong-init-hash': 'segment.wrong-hash',
}

const ed25519SpkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** @param envelope as it was sent, the first part of the body. */
export type Judge = (envelope: Uint8Array, place: Place) => Promise<Judged>
export type Place = { readonly recording: string; readonly sequence: number }

/** In the order of the evidence format, section 3; the first problem is the one that is told. */
export function createJudge(deps: { readonly fleet: Fleet; readonly db: Db; readonly installation: string }): Judge {
  const verifiers = new Map<string, Verifier>()

  function verifierOf(key: DeviceKey): Verifier {
    const name = `${key.device}.${key.epoch}`
    const known = verifiers.get(name)
    if (known !== undefined && known.keyId === key.keyId) {
      return known
    }
    const made = nodeVerifier(key)
    if (verifiers.size >= 10_000) {
      verifiers.clear()
    }
    verifiers.set(name, made)
    return made
  }

  return async (sent, place) => {
    const opened = openStatement(sent)
    if (!opened.ok) {
      throw refusalOf(opened.code)
    }
    const { statement, envelope } = opened.value
    if (statement.kind === 'file') {
      // Whole files come in blocks, through intake.
      throw refusalOf('unknown-payload-type')
    }
    const { installation, municipality, device, keyEpoch, recording, sequence } = statement.body
    if (installation !== deps.installation) {
      throw new Refusal('segment.wrong-installation')
    }
    const key = await deps.fleet.keyOf(deps.db, device, keyEpoch)
    if (key === null) {
      throw new Refusal('segment.unknown-key')
    }
    if (!(await isSignedBy(envelope, verifierOf(key)))) {
      throw refusalOf('bad-signature')
    }
    if (municipality !== key.municipality) {
      throw new Refusal('segment.wrong-installation')
    }
    if (recording !== place.recording || sequence !== place.sequence || sequence > highestSequenceTaken) {
      throw new Refusal('segment.wrong-place')
    }
    return {
      statement,
      statementSha256: hash('sha256', sent),
      envelope: Buffer.from(sent.buffer, sent.byteOffset, sent.length).toString('latin1'),
      key,
    }
  }
}

function nodeVerifier(key: DeviceKey): Verifier {
  const publicKey: KeyObject = createPublicKey({
    key: Buffer.concat([ed25519SpkiPrefix, key.publicKey]),
    format: 'der',
    type: 'spki',
  })
  return {
    key: { algorithm: key.algorithm, publicKey: Buffer.from(key.publicKey).toString('base64url') },
    keyId: key.keyId,
    verify: async (message, signature) =>
      key.algorithm === 'ed25519' && signature.length === 64 && verify(null, message, publicKey, signature),
  }
}

export function refusalOf(problem: UploadProblem): Refusal {
  return new Refusal(codes[problem], { problem })
}
