/** Packages that hold, or whose origin is open. */
import { keyId, type Statement, signEnvelope } from '@sereno/proof'
import { packageBytes, packageParts, testSigners } from '../../packages/proof/src/package.test-kit.ts'
import { cosigned } from './trusted.ts'
import type { Vector } from './vector.ts'

export const soundVectors: readonly Vector[] = [
  { name: 'valid-whole', about: 'A whole recording.', trust: 'trust', make: () => packageBytes() },
  { name: 'valid-no-trust', about: 'The same, without a trust file.', trust: null, make: () => packageBytes() },
  {
    name: 'valid-long',
    about: 'Forty segments, one of them with its positions disclosed.',
    trust: 'trust',
    make: () => packageBytes({ segments: 40, disclosePositions: true }),
  },
  {
    name: 'valid-only-a-stop',
    about: 'A recording that is only a stop.',
    trust: 'trust',
    make: () => packageBytes({ segments: 0, parts: (parts) => ({ ...parts, init: null }) }),
  },
  {
    name: 'valid-incomplete',
    about: 'Sealed incomplete: two segments missing and no stop, both said in the manifest.',
    trust: 'trust',
    make: () => packageBytes({ segments: 5, lost: [3, 4], unterminated: true }),
  },
  {
    name: 'valid-simulated',
    about: 'A simulated device, in a demonstration.',
    trust: 'trust-demonstration',
    make: () => packageBytes({ simulated: true }),
  },
  {
    name: 'valid-quarantined',
    about: 'Set apart by the installation, which says so.',
    trust: 'trust',
    make: () => packageBytes({ quarantine: 'key-revoked' }),
  },
  {
    name: 'valid-promised-export',
    about: 'The entry of the export is not published yet: the log promised it.',
    trust: 'trust',
    make: () => packageBytes({ promised: true }),
  },
  {
    name: 'valid-for-people',
    about:
      'With a PDF, a CASE graph, a verifier and something for a time stamp: the trust file names no authority of them.',
    trust: 'trust',
    make: () =>
      packageBytes({
        parts: (parts) => ({
          ...parts,
          sheetPdf: Buffer.from('%PDF-1.7\n'),
          caseGraph: Buffer.from('{"@graph":[]}\n'),
          verifier: Buffer.from('<!doctype html>\n'),
          timestamps: [{ over: 'manifest', name: 'prueba', token: Buffer.from('3000', 'hex') }],
        }),
      }),
  },
  {
    name: 'valid-cosigned',
    about: 'Two of three witnesses cosigned, as the trust file demands.',
    trust: 'trust-witnesses',
    make: async () => {
      const { checkpoint } = await packageParts()
      const note = await cosigned(checkpoint, [0, 2])
      return packageBytes({ parts: (parts) => ({ ...parts, checkpoint: note }) })
    },
  },
  {
    name: 'valid-stranger-cosigned',
    about: 'Cosigned by witnesses that the trust file does not name: they count for nothing, and harm nothing.',
    trust: 'trust',
    make: async () => {
      const { checkpoint } = await packageParts()
      const note = await cosigned(checkpoint, [0, 1])
      return packageBytes({ parts: (parts) => ({ ...parts, checkpoint: note }) })
    },
  },
  {
    name: 'valid-previous-log',
    about: 'Proved in a log that has ended with this very checkpoint, and that another continues.',
    trust: 'trust-next-log',
    make: () => packageBytes(),
  },
  {
    name: 'valid-not-post-quantum',
    about: 'The trust file has an ML-DSA-44 key of manifests that did not sign this one: a warning, or not checked.',
    trust: 'trust-post-quantum',
    make: () => packageBytes(),
  },
  {
    name: 'valid-counter-skips',
    about: 'A counter that leaves one number out: a warning.',
    trust: 'trust',
    make: () => packageBytes({ statement: skipping }),
  },
  {
    name: 'open-unknown-algorithm',
    about:
      'The package key is of an algorithm that verifiers do not know: not checked, so its origin is not established.',
    trust: 'trust-unknown-algorithm',
    make: async () => {
      const future = { algorithm: 'slh-dsa-128s', publicKey: 'AAAA' }
      const signer = { ...testSigners.package, key: future, keyId: await keyId(future) }
      return packageBytes({
        parts: (parts) => ({ ...parts, sign: (type, payload) => signEnvelope(signer, type, payload) }),
      })
    },
  },
]

function skipping(statement: Statement): Statement {
  return statement.body.sequence < 2 ? statement : counted(statement, statement.body.counter + 1)
}

/** The statement with another counter. */
export function counted(statement: Statement, counter: number): Statement {
  switch (statement.kind) {
    case 'media':
      return { ...statement, body: { ...statement.body, counter } }
    case 'gap':
      return { ...statement, body: { ...statement.body, counter } }
    case 'stop':
      return { ...statement, body: { ...statement.body, counter } }
    case 'file':
      return { ...statement, body: { ...statement.body, counter } }
  }
}
