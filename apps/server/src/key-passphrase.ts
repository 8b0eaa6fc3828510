import { readFileSync } from 'node:fs'
import { hidden } from './commands/passphrase.ts'
import { consoleText } from './console-text.ts'

/**
 * The passphrase of the signer's locked keys: from a file (a systemd credential, a USB stick), from SERENO_KEY_PASSPHRASE, or
 * asked for at the terminal. Null when there is none to be had.
 */
export async function askKeyPassphrase(file: string | null): Promise<string | null> {
  const given = file === null ? process.env.SERENO_KEY_PASSPHRASE : readFileSync(file, 'utf8').trimEnd()
  if (given !== undefined) {
    return given
  }
  return process.stdin.isTTY ? hidden(consoleText(process.env).keyPassphrase) : null
}
