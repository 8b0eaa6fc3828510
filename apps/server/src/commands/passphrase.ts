import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { consoleText } from '../console-text.ts'

/** Shorter ones can be tried out by a machine. */
export const shortestPassphrase = 12

/**
 * From `--passphrase-file`, from SERENO_PASSPHRASE, or asked for at the terminal without showing it (twice when it is
 * new). Null when there is none to be had or it is too short for a new backup.
 */
export async function askPassphrase(options: {
  readonly file: string | undefined
  readonly isNew: boolean
}): Promise<string | null> {
  const given =
    options.file === undefined ? process.env.SERENO_PASSPHRASE : readFileSync(options.file, 'utf8').trimEnd()
  if (given !== undefined) {
    return options.isNew && given.length < shortestPassphrase ? null : given
  }
  if (!process.stdin.isTTY) {
    return null
  }
  const text = consoleText(process.env)
  const first = await hidden(text.passphrase)
  const second = options.isNew ? await hidden(text.passphraseAgain) : first
  return first === second && (!options.isNew || first.length >= shortestPassphrase) ? first : null
}

/** Asks at the terminal without showing the answer. */
export function hidden(question: string): Promise<string> {
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  return new Promise((resolve) => {
    terminal.question('', (answer) => {
      terminal.close()
      process.stderr.write('\n')
      resolve(answer)
    })
  })
}
