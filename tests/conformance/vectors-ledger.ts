/** Forgeries of entries, proofs, checkpoint, cosignatures, and of the copy's own entry. */
import { encodePromise, openPromise, promisePayloadType, signEnvelope } from '@sereno/proof'
import type { PackageParts } from '../../packages/proof/src/index.ts'
import {
  type FixtureOptions,
  packageBytes,
  packageParts,
  testSigners,
  testTrust,
} from '../../packages/proof/src/package.test-kit.ts'
import { cosigned } from './trusted.ts'
import type { Vector } from './vector.ts'

const other = 'e'.repeat(64)

function made(name: string, about: string, options: FixtureOptions, trust = 'trust'): Vector {
  return { name: `forged-${name}`, about, trust, make: () => packageBytes(options) }
}

const part = (change: (parts: PackageParts) => Partial<PackageParts>): FixtureOptions => ({
  parts: (parts) => ({ ...parts, ...change(parts) }),
})

// The first signature line (the log's own) with one character changed.
function brokenNote(note: string): string {
  const [text = '', signatures = ''] = note.split('\n\n')
  const at = signatures.length - 6
  return `${text}\n\n${signatures.slice(0, at)}${signatures[at] === 'A' ? 'B' : 'A'}${signatures.slice(at + 1)}`
}

export const ledgerVectors: readonly Vector[] = [
  made(
    'proof-of-another-place',
    'An entry with the inclusion proof of another place.',
    part(({ entries }) => ({ entries: entries.map((entry, place) => (place === 1 ? { ...entry, index: 3 } : entry)) })),
  ),
  made(
    'entry-opened-wrong',
    'A field of an entry opened to another value than was committed to.',
    part(({ entries }) => ({
      entries: entries.map((entry) => ({
        ...entry,
        openings: entry.openings.map((one) => (one.name === 'allowed' ? { ...one, value: 'false' } : one)),
      })),
    })),
  ),
  made(
    'sealing-left-out',
    'The entry of the sealing is not among those shown.',
    part(({ entries }) => ({ entries: entries.slice(1) })),
  ),
  made('head-exchanged', 'A head that the log took down and the manifest does not have.', { head: other }),
  made(
    'export-not-proved',
    'A copy that names an entry nobody has seen.',
    part(() => ({ exportEntry: other })),
  ),
  made('export-of-another', 'The entry of a copy of another recording.', {
    exported: { subjects: `recording:${testTrust.installation}` },
  }),
  made('export-refused', 'The entry of a copy that was refused.', { exported: { allowed: 'false' } }),
  made('export-promise-other', 'The promise of another entry.', {
    promised: true,
    ...part(() => ({ exportEntry: other })),
  }),
  made(
    'export-promise-unknown-key',
    'A promise by a key that the trust file does not name.',
    { promised: true },
    'trust-no-promise-key',
  ),
  {
    name: 'forged-export-promise-by-stranger',
    about: 'A promise signed by the camera.',
    trust: 'trust',
    make: async () => {
      const { exportProof } = await packageParts({ promised: true })
      const opened = exportProof === null ? null : openPromise(exportProof.promise)
      if (exportProof === null || opened?.ok !== true) {
        throw new Error('no promise')
      }
      const promise = await signEnvelope(testSigners.device, promisePayloadType, encodePromise(opened.value.value))
      return packageBytes({ promised: true, ...part(() => ({ exportProof: { ...exportProof, promise } })) })
    },
  },
  made(
    'note-exchanged',
    'A note that is not the one that the ledger committed to.',
    part(({ exportEntry }) => ({ notes: [{ entry: exportEntry, text: 'Otra cosa.' }] })),
  ),
  made(
    'checkpoint-altered',
    'A changed signature on the checkpoint.',
    part(({ checkpoint }) => ({ checkpoint: brokenNote(checkpoint) })),
  ),
  made(
    'checkpoint-unsigned',
    'A checkpoint with another size under the same signature.',
    part(({ checkpoint }) => ({ checkpoint: checkpoint.replace('\n10\n', '\n11\n') })),
  ),
  made(
    'checkpoint-no-note',
    'A checkpoint that is no signed note.',
    part(() => ({ checkpoint: 'hola\n' })),
  ),
  made('checkpoint-other-log', 'A checkpoint of another log than the trust file names.', {}, 'trust-other-log'),
  made(
    'previous-log-other-end',
    'A log that ended with another tree of the same size.',
    {},
    'trust-next-log-other-end',
  ),
  made('previous-log-after-end', 'A checkpoint of a log from after its end.', {}, 'trust-next-log-earlier-end'),
  made('quorum-none', 'No witness cosigned, and the trust file demands two.', {}, 'trust-witnesses'),
  {
    name: 'forged-quorum-one',
    about: 'One witness cosigned, twice, and the trust file demands two.',
    trust: 'trust-witnesses',
    make: async () => {
      const { checkpoint } = await packageParts()
      const note = await cosigned(await cosigned(checkpoint, [1]), [1])
      return packageBytes(part(() => ({ checkpoint: note })))
    },
  },
  {
    name: 'forged-cosignature',
    about: 'A cosignature of a trusted witness that does not match.',
    trust: 'trust-witnesses-no-quorum',
    make: async () => {
      const { checkpoint } = await packageParts()
      const note = brokenNote(await cosigned(checkpoint, [0]))
      return packageBytes(part(() => ({ checkpoint: note })))
    },
  },
]
