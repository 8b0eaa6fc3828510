import { randomBytes } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Decrypter, Encrypter } from 'age-encryption'
import { footageAead, WrongCiphertext } from '../kernel/aead.ts'

/**
 * A sealed file: a line that names the format ‖ u32be length ‖ an age file (for a passphrase by scrypt, or for the holders
 * of keys, `age1…`) that holds a random key ‖ the content as a streaming AEAD under that key. age alone would do, at a dozen megabytes a second; footage is
 * counted in terabytes, and node:crypto seals it as fast as the disk writes.
 */
const formatLine = Buffer.from('sereno-backup-v1\n')
const associatedData = Buffer.from('sereno-backup-v1')
const longestKeyFile = 64 * 1024

/** Wrong passphrase, or not such a file, or not all of it. */
export class CannotUnseal extends Error {}

/** Who can open it: whoever knows the passphrase (`workFactor`: log₂ of scrypt's cost), or any of the recipients. */
export type SealFor =
  | { readonly passphrase: string; readonly workFactor: number }
  | { readonly recipients: readonly string[] }
/** `identity`: a secret key, `AGE-SECRET-KEY-…`. */
export type OpenWith = { readonly passphrase: string } | { readonly identity: string }

export async function writeSealed(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  sealFor: SealFor,
): Promise<number> {
  const key = randomBytes(32)
  const encrypter = new Encrypter()
  if ('passphrase' in sealFor) {
    encrypter.setPassphrase(sealFor.passphrase)
    encrypter.setScryptWorkFactor(sealFor.workFactor)
  } else {
    for (const recipient of sealFor.recipients) {
      encrypter.addRecipient(recipient)
    }
  }
  const keyFile = await encrypter.encrypt(new Uint8Array(key))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(keyFile.length)
  const sealing = footageAead.seal(key, associatedData, randomBytes(footageAead.randomBytes))
  let sizeBytes = 0
  const write = async (pieces: readonly Uint8Array[]): Promise<void> => {
    if (pieces.length > 0) {
      sizeBytes += (await handle.writev([...pieces])).bytesWritten
    }
  }
  await write([formatLine, length, keyFile, sealing.header])
  for await (const piece of content) {
    await write(sealing.push(piece))
  }
  await write(sealing.end())
  return sizeBytes
}

/** Only authenticated bytes come out; a file that was cut ends in {@link CannotUnseal}, never in silence. */
export async function* readSealed(file: string, openWith: OpenWith): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r')
  try {
    const sizeBytes = (await stat(file)).size
    const line = await readAt(handle, 0, formatLine.length)
    if (!line.equals(formatLine)) {
      throw new CannotUnseal('not a backup of Sereno')
    }
    const keyBytes = (await readAt(handle, formatLine.length, 4)).readUInt32BE(0)
    if (keyBytes > longestKeyFile) {
      throw new CannotUnseal('not a backup of Sereno')
    }
    const key = await unsealKey(await readAt(handle, formatLine.length + 4, keyBytes), openWith)
    const base = formatLine.length + 4 + keyBytes
    const { headerBytes, segmentBytes } = footageAead
    const opening = footageAead.open(key, associatedData, await readAt(handle, base, headerBytes))
    const last = Math.max(0, Math.ceil((sizeBytes - base) / segmentBytes) - 1)
    for (let index = 0; index <= last; index += 1) {
      const from = base + (index === 0 ? headerBytes : index * segmentBytes)
      const to = Math.min(sizeBytes, base + (index + 1) * segmentBytes)
      yield opening.open(index, index === last, await readAt(handle, from, to - from))
    }
  } catch (error) {
    throw error instanceof WrongCiphertext ? new CannotUnseal(error.message) : error
  } finally {
    await handle.close()
  }
}

async function unsealKey(keyFile: Uint8Array, openWith: OpenWith): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  if ('passphrase' in openWith) {
    decrypter.addPassphrase(openWith.passphrase)
  } else {
    decrypter.addIdentity(openWith.identity)
  }
  try {
    return await decrypter.decrypt(keyFile)
  } catch (error) {
    throw new CannotUnseal('passphrase' in openWith ? 'wrong passphrase' : 'not sealed for this key', { cause: error })
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, length))
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) {
      throw new CannotUnseal('the file is cut off')
    }
    filled += bytesRead
  }
  return buffer
}
