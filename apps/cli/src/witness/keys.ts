import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { encodeVkey, mlDsaSignerFromSeed, type Signer, signerFromSeed } from '@sereno/proof'
import { readIfThere, writeDurably } from '../durable-file.ts'

/** Who this witness is: its name in notes, and two keys of its own that never leave the folder. */
export type WitnessKeys = {
  readonly name: string
  readonly signers: readonly Signer[]
  /** What the municipality and the trust files need of it. */
  readonly vkeys: readonly string[]
}

const seedBytes = 32

/** Reads the keys of a folder, or makes them: the first run is the whole registration. */
export async function openWitnessKeys(folder: string, wantedName: string | null): Promise<WitnessKeys> {
  const nameFile = join(folder, 'name')
  const kept = readIfThere(nameFile)
  const name =
    kept === null ? (wantedName ?? `testigo-${randomBytes(4).toString('hex')}`) : Buffer.from(kept).toString()
  if (wantedName !== null && wantedName !== name) {
    throw new Error(`${folder} is the witness "${name}". Another name needs another --folder.`)
  }
  if (kept === null) {
    writeDurably(nameFile, name)
  }
  const signers = [
    await signerFromSeed(seedOf(join(folder, 'ed25519.seed'))),
    await mlDsaSignerFromSeed(seedOf(join(folder, 'ml-dsa-44.seed'))),
  ]
  const vkeys = await Promise.all(signers.map(({ key }) => encodeVkey(name, key, 'cosignature')))
  return { name, signers, vkeys }
}

function seedOf(file: string): Uint8Array {
  const kept = readIfThere(file)
  if (kept !== null) {
    if (kept.length !== seedBytes) {
      throw new Error(`${file} is damaged; restore it from a backup.`)
    }
    return new Uint8Array(kept)
  }
  const made = randomBytes(seedBytes)
  writeDurably(file, made)
  return new Uint8Array(made)
}
