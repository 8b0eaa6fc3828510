import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex, type Signer, signerFromSeed, toHex } from '@sereno/proof'

/** What a virtual phone must remember over a restart: its key, and where its counted chain stands. */
export type PhoneState = {
  readonly device: string
  readonly keySeed: string
  keyEpoch: number
  /** The next number to sign with. */
  counter: number
  /** Hash of the last statement signed, or null before the first. */
  head: string | null
  /** The recording that runs, so that after a crash its stop can be signed. */
  open: { readonly recording: string; sequence: number } | null
}
export type StateFile = { readonly read: () => PhoneState | null; readonly write: (state: PhoneState) => Promise<void> }

/**
 * A phone's memory: a file replaced by rename after fsync, so that no counter is ever signed twice; without a folder
 * it lives as long as the process.
 */
export async function stateFile(folder: string | null, name: string): Promise<StateFile> {
  let current: PhoneState | null = null
  if (folder === null) {
    return {
      read: () => current,
      write: async (state) => {
        current = state
      },
    }
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.json`)
  current = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as PhoneState,
    () => null,
  )
  let last = Promise.resolve()
  return {
    read: () => current,
    write: (state) => {
      current = state
      const text = JSON.stringify(state)
      last = last.then(() => replace(path, text))
      return last
    },
  }
}

async function replace(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

export function newSeed(random: (bytes: number) => Uint8Array): string {
  return toHex(random(32))
}

export async function signerOfState(state: Pick<PhoneState, 'keySeed'>): Promise<Signer> {
  return signerFromSeed(fromHex(state.keySeed) ?? new Uint8Array(0))
}
