/** Clips and stills with their lineages, right and wrong. */
import { type Lineage, signerFromSeed } from '@sereno/proof'
import {
  clipLineage,
  derivativeFile,
  derivativeId,
  signLineage,
  stillLineage,
} from '../../packages/proof/src/derivative.test-kit.ts'
import { testSigners } from '../../packages/proof/src/package.test-kit.ts'
import { flipped } from './forge.ts'

export type DerivativeVector = {
  /** File name without its ending; its lineage is `NAME.lineage.json`. */
  readonly name: string
  readonly ending: 'mp4' | 'png'
  readonly about: string
  readonly trust: string | null
  readonly make: () => Promise<{ readonly file: Uint8Array; readonly lineage: Uint8Array }>
}

type Wish = { readonly file?: Uint8Array; readonly lineage?: Partial<Lineage>; readonly still?: boolean }

const stranger = await signerFromSeed(new Uint8Array(32).fill(77))

export const derivativeVectors: readonly DerivativeVector[] = [
  vector('valid-clip', 'Whole segments of a recording, in their order.', {}),
  vector('valid-still', 'A picture that a player drew: a warning says so.', { still: true }),
  { ...vector('open-clip-no-trust', 'A clip without a trust file.', {}), trust: null },
  vector('forged-clip-byte', 'A byte of its second part is another.', { file: flipped(derivativeFile, 20) }),
  vector('forged-clip-init', 'A byte of the init segment is another.', { file: flipped(derivativeFile, 3) }),
  vector('forged-clip-cut-off', 'Its last byte is missing.', { file: derivativeFile.subarray(0, -1) }),
  vector('forged-clip-longer', 'A byte after its last segment.', {
    file: Buffer.concat([derivativeFile, Buffer.of(0)]),
  }),
  vector('forged-clip-sequence', 'It names a segment that the recording does not have.', {
    lineage: { ofSequences: 4 },
  }),
  vector('forged-clip-none', 'It names no segment.', { lineage: { segments: [] } as Partial<Lineage> }),
  vector('forged-clip-other-installation', 'The lineage is of another installation.', {
    lineage: { installation: derivativeId },
  }),
  signedBy('forged-clip-by-stranger', 'The lineage is signed by a key that the trust file does not have.', stranger),
  signedBy('forged-clip-by-package-key', 'The lineage is signed by the key that signs packages.', testSigners.package),
  {
    ...vector('forged-clip-signature', 'The signature of the lineage is another.', {}),
    make: async () => {
      const lineage = Buffer.from(await signLineage(await clipLineage())).toString()
      const at = lineage.lastIndexOf('"sig":"') + 10
      const other = lineage[at] === 'A' ? 'B' : 'A'
      const bytes = Buffer.from(`${lineage.slice(0, at)}${other}${lineage.slice(at + 1)}`)
      return { file: derivativeFile, lineage: bytes }
    },
  },
  {
    ...vector('forged-clip-no-lineage', 'Something else instead of a lineage: not a clip’s.', {}),
    make: async () => ({ file: derivativeFile, lineage: Buffer.from('{"payload":1}') }),
  },
  vector('forged-still-byte', 'A byte of a still is another.', { still: true, file: flipped(derivativeFile, 9) }),
]

function vector(
  name: string,
  about: string,
  { file = derivativeFile, lineage = {}, still = false }: Wish,
): DerivativeVector {
  return {
    name,
    about,
    ending: still ? 'png' : 'mp4',
    trust: 'trust',
    make: async () => {
      const whole: Lineage = still ? await stillLineage() : await clipLineage()
      return { file, lineage: await signLineage({ ...whole, ...lineage } as Lineage) }
    },
  }
}

function signedBy(name: string, about: string, signer: typeof stranger): DerivativeVector {
  return {
    ...vector(name, about, {}),
    make: async () => ({ file: derivativeFile, lineage: await signLineage(await clipLineage(), signer) }),
  }
}
