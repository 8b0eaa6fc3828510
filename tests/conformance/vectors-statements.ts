/** Forgeries of statements, their order, gaps, stop, of the manifest and of the enrolment. */
import { type Manifest, memberNames, type Statement, signEnvelope, signStatement, statementHash } from '@sereno/proof'
import {
  type FixtureOptions,
  packageBytes,
  packageParts,
  testSigners,
  testTrust,
} from '../../packages/proof/src/package.test-kit.ts'
import { stopAt } from '../../packages/proof/src/statement.test-kit.ts'
import { archiveOf, flipped, membersOf, withMember } from './forge.ts'
import type { Vector } from './vector.ts'
import { counted } from './vectors-sound.ts'

const other = 'd'.repeat(64)
const files = [Uint8Array.from({ length: 300 }, (_, place) => place & 0xff), new Uint8Array(0)]

function made(name: string, about: string, options: FixtureOptions): Vector {
  return { name: `forged-${name}`, about, trust: 'trust', make: () => packageBytes(options) }
}

// One statement changed before it is signed, so that its signature is good and what it says is wrong.
function at(sequence: number, change: (statement: Statement) => Statement): FixtureOptions {
  return { statement: (statement) => (statement.body.sequence === sequence ? change(statement) : statement) }
}

function manifested(change: Partial<Manifest> | ((manifest: Manifest) => Partial<Manifest>)): FixtureOptions {
  return { manifest: (manifest) => ({ ...manifest, ...(typeof change === 'function' ? change(manifest) : change) }) }
}

function media(statement: Statement, change: Partial<Extract<Statement, { kind: 'media' }>['body']>): Statement {
  return statement.kind === 'media' ? { ...statement, body: { ...statement.body, ...change } } : statement
}

export const statementVectors: readonly Vector[] = [
  {
    name: 'forged-statement-by-another-key',
    about: 'A statement signed by a key that is not the enrolled one, with a manifest that names it.',
    trust: 'trust',
    make: async () => {
      const rival = await signStatement(testSigners.package, stopAt(4, other))
      const hash = await statementHash(rival)
      return packageBytes({
        manifest: (manifest) => ({
          ...manifest,
          statements: manifest.statements.map((one) => (one.sequence === 4 ? { ...one, statement: hash } : one)),
          head: hash,
        }),
        parts: (parts) => ({
          ...parts,
          statement: async (sequence) => (sequence === 4 ? rival : parts.statement(sequence)),
        }),
      })
    },
  },
  {
    name: 'forged-statement-spaced',
    about: 'A statement with white space: the same JSON, not its canonical form.',
    trust: 'trust',
    make: () => withMember('statements/00000003.json', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
  },
  {
    name: 'forged-statement-misplaced',
    about: 'A statement under the number of another.',
    trust: 'trust',
    make: async () => {
      const { statement } = await packageParts()
      return packageBytes({
        parts: (parts) => ({ ...parts, statement: async (sequence) => statement(sequence === 3 ? 2 : sequence) }),
      })
    },
  },
  made(
    'broken-chain',
    'A statement that names another predecessor.',
    at(3, (one) => media(one, { previous: other })),
  ),
  made(
    'counter-falls',
    'A counter that goes back.',
    at(3, (one) => counted(one, 50)),
  ),
  made(
    'other-init',
    'A segment that names another header of the video.',
    at(3, (one) => media(one, { init: other })),
  ),
  made(
    'other-recording',
    'A segment of another recording.',
    at(3, (one) => media(one, { recording: testTrust.installation })),
  ),
  made(
    'checkpoint-from-later',
    'A statement that has seen a checkpoint larger than the one it is proved against.',
    at(3, (one) => media(one, { checkpoint: { size: 5_000, root: other } })),
  ),
  made('positions', 'Positions disclosed that were not committed to.', {
    disclosePositions: true,
    parts: (parts) => ({
      ...parts,
      positions: async (sequence) => {
        const disclosed = await parts.positions(sequence)
        const [first] = disclosed?.positions ?? []
        return disclosed === null || first === undefined
          ? null
          : { ...disclosed, positions: [{ ...first, latitudeE7: first.latitudeE7 + 1 }] }
      },
    }),
  }),
  {
    name: 'forged-undeclared-conflict',
    about: 'A conflicting statement that the manifest does not declare.',
    trust: 'trust',
    make: async () => {
      const rival = await signStatement(testSigners.device, stopAt(4, other, { reason: 'battery' }))
      return packageBytes({
        parts: (parts) => ({ ...parts, conflicts: [{ sequence: 4, statement: rival }] }),
      })
    },
  },
  {
    name: 'valid-declared-conflict',
    about: 'The same conflict, declared in the manifest: shown, and not held against the recording.',
    trust: 'trust',
    make: async () => {
      const rival = await signStatement(testSigners.device, stopAt(4, other, { reason: 'battery' }))
      const hash = await statementHash(rival)
      return packageBytes({
        manifest: (manifest) => ({
          ...manifest,
          equivocations: [{ sequence: 4, statements: [manifest.statements[4]?.statement ?? '', hash].sort() }],
        }),
        parts: (parts) => ({ ...parts, conflicts: [{ sequence: 4, statement: rival }] }),
      })
    },
  },
  made(
    'conflict-missing',
    'A declared conflict that is not there.',
    manifested({ equivocations: [{ sequence: 0, statements: [other] }] }),
  ),
  made('gap-hidden', 'A missing segment of a recording said to be complete.', {
    lost: [3],
    ...manifested({ incomplete: false, missing: [] }),
  }),
  made('gap-not-listed', 'A gap of the camera that the manifest leaves out.', manifested({ gaps: [] })),
  made('stop-missing', 'No signed end, and a manifest that calls the recording complete.', {
    unterminated: true,
    ...manifested({ incomplete: false }),
  }),
  made('stop-other', 'Another reason of the end than the camera signed.', manifested({ stop: 'battery' })),
  {
    name: 'forged-manifest-by-stranger',
    about: 'The manifest signed by a key that is none of the installation’s.',
    trust: 'trust',
    make: async () => {
      const { manifest } = await packageParts()
      const envelope = JSON.parse(Buffer.from(manifest).toString()) as { payload: string; payloadType: string }
      const again = await signEnvelope(
        testSigners.device,
        envelope.payloadType,
        Buffer.from(envelope.payload, 'base64'),
      )
      return packageBytes({ parts: (parts) => ({ ...parts, manifest: again }) })
    },
  },
  made(
    'manifest-of-fewer',
    'A manifest that leaves the last statement out.',
    manifested(({ statements }) => ({
      statements: statements.slice(0, -1),
      count: statements.length - 1,
      head: statements.at(-2)?.statement ?? null,
    })),
  ),
  made('manifest-other-device', 'A manifest of another device.', manifested({ device: testTrust.installation })),
  made(
    'supplement-of-nothing',
    'A supplement without the manifest that it adds to.',
    manifested({ supplementOf: other }),
  ),
  {
    name: 'valid-supplement',
    about: 'A supplement, with the first manifest.',
    trust: 'trust',
    make: async () => {
      const { manifest: first } = await packageParts({ lost: [3] })
      return packageBytes({
        ...manifested({ supplementOf: await statementHash(first) }),
        parts: (parts) => ({ ...parts, firstManifest: first }),
      })
    },
  },
  made('enrolment-other', 'The manifest names another enrolment.', manifested({ enrolment: other })),
  made('enrolment-other-device', 'The enrolment is of another device.', {
    enrolled: { device: testTrust.installation },
  }),
  made('enrolment-not-one', 'The entry is no enrolment.', { enrolled: { kind: 'device.issued' } }),
  made('enrolment-weak-key', 'The enrolled key is of small order: anything verifies by it.', {
    enrolled: { publicKey: 'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
  }),
  {
    name: 'open-enrolment-unknown-algorithm',
    about:
      'The enrolled key is of an algorithm that verifiers do not know: not checked, so its origin is not established.',
    trust: 'trust',
    make: () => packageBytes({ enrolled: { algorithm: 'slh-dsa-128s' } }),
  },
  {
    name: 'forged-enrolment-opened-wrong',
    about: 'A field of the enrolment opened to another value than was committed to.',
    trust: 'trust',
    make: () =>
      packageBytes({
        parts: (parts) => ({
          ...parts,
          enrolment: {
            ...parts.enrolment,
            openings: parts.enrolment.openings.map((one) =>
              one.name === 'simulated' ? { ...one, value: 'true' } : one,
            ),
          },
        }),
      }),
  },
  {
    name: 'forged-simulated-as-real',
    about: 'A simulated device in a real installation.',
    trust: 'trust',
    make: () => packageBytes({ simulated: true }),
  },
  {
    name: 'valid-files',
    about: 'Whole files of another camera, one of them empty.',
    trust: 'trust',
    make: () => packageBytes({ files }),
  },
  {
    name: 'forged-file-altered',
    about: 'A changed byte in a block of a whole file.',
    trust: 'trust',
    make: async () =>
      withMember('files/00000000/00000000.block', (bytes) => flipped(bytes, 7), await packageBytes({ files })),
  },
  made('file-of-another-hash', 'Blocks that are those stated, of a file whose hash is not.', {
    files,
    ...at(0, (one) =>
      one.kind === 'file' ? { ...one, body: { ...one.body, file: { ...one.body.file, sha256: other } } } : one,
    ),
  }),
  {
    name: 'forged-file-block-added',
    about: 'A block beyond the end of a file.',
    trust: 'trust',
    make: async () => {
      const members = await membersOf(await packageBytes({ files }))
      const after = members.findIndex(({ name }) => name === 'files/00000000/00000000.block') + 1
      const added = { name: 'files/00000000/00000001.block', bytes: new Uint8Array(3) }
      return archiveOf(members.toSpliced(after, 0, added))
    },
  },
  {
    name: 'forged-manifest-not-there',
    about: 'No manifest at all: not a package.',
    trust: 'trust',
    make: async () => withoutManifest(await packageBytes()),
  },
]

async function withoutManifest(bytes: Uint8Array): Promise<Uint8Array> {
  return archiveOf((await membersOf(bytes)).filter(({ name }) => name !== memberNames.manifest))
}
