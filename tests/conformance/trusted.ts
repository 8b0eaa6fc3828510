/** The trust files that vectors are checked against, and the witnesses in them. */
import {
  addSignatures,
  cosign,
  encodeVkey,
  mlDsaSignerFromSeed,
  openNote,
  signerFromSeed,
  type Trust,
} from '@sereno/proof'
import { packageParts, testSigners, testTrust } from '../../packages/proof/src/package.test-kit.ts'
import { pemOf, rootCertificate } from '../../packages/timestamp/src/authority.test-kit.ts'

const witnessSigners = await Promise.all([21, 22, 23].map((seed) => signerFromSeed(new Uint8Array(32).fill(seed))))
const witnessNames = ['defensoria', 'universidad', 'diario']
const atS = 1_790_000_090

/** With an authority whose time stamps count. */
export const stampTrust: Trust = {
  ...testTrust,
  timeAuthorities: [{ name: 'Autoridad de prueba', certificate: pemOf(rootCertificate()) }],
}

/** Every trust file that a vector names. */
export async function trustFiles(): Promise<Readonly<Record<string, Trust>>> {
  const witnesses = await Promise.all(
    witnessSigners.map(async ({ key }, place) => {
      const name = witnessNames[place] ?? ''
      return { name, keys: [await encodeVkey(name, key, 'cosignature')] }
    }),
  )
  const { checkpoint } = await packageParts()
  const [origin = '', size = '', root = ''] = checkpoint.split('\n')
  const ended = {
    origin,
    keys: testTrust.log.keys,
    size: Number(size),
    root: Buffer.from(root, 'base64').toString('hex'),
  }
  const next = { ...testTrust, log: { origin: '77777777-7777-4777-8777-777777777777', keys: [] } }
  const mlDsa = await mlDsaSignerFromSeed(new Uint8Array(32).fill(24))
  return {
    trust: testTrust,
    'trust-demonstration': { ...testTrust, demonstration: true },
    'trust-other-installation': { ...testTrust, installation: '99999999-9999-4999-8999-999999999999' },
    'trust-other-keys': {
      ...testTrust,
      packageKeys: [testSigners.device.key],
      manifestKeys: [testSigners.device.key],
      log: { ...testTrust.log, keys: [await encodeVkey(testTrust.log.origin, testSigners.device.key)] },
    },
    'trust-other-log': { ...testTrust, log: { ...testTrust.log, origin: '77777777-7777-4777-8777-777777777777' } },
    'trust-no-promise-key': { ...testTrust, promiseKeys: [] },
    // The log that the package names has ended, with the checkpoint that the package carries; a new one continues it.
    'trust-next-log': { ...next, previousLogs: [ended] },
    'trust-next-log-other-end': { ...next, previousLogs: [{ ...ended, root: 'e'.repeat(64) }] },
    'trust-next-log-earlier-end': { ...next, previousLogs: [{ ...ended, size: 9 }] },
    'trust-post-quantum': { ...testTrust, manifestKeys: [...testTrust.manifestKeys, mlDsa.key] },
    'trust-unknown-algorithm': { ...testTrust, packageKeys: [{ algorithm: 'slh-dsa-128s', publicKey: 'AAAA' }] },
    'trust-stamps': stampTrust,
    'trust-witnesses': { ...testTrust, witnesses, quorum: 2 },
    'trust-witnesses-no-quorum': { ...testTrust, witnesses },
  }
}

/** The test checkpoint cosigned by these of the three witnesses, by their place. */
export async function cosigned(note: string, places: readonly number[]): Promise<string> {
  const opened = openNote(note)
  if (!opened.ok) {
    throw new Error(opened.code)
  }
  const signatures = await Promise.all(
    places.map((place) => {
      const signer = witnessSigners[place]
      const name = witnessNames[place]
      if (signer === undefined || name === undefined) {
        throw new RangeError('three witnesses')
      }
      return cosign(opened.value.text, name, signer, atS + place)
    }),
  )
  return addSignatures(note, signatures)
}
