import '../kernel/thread-pool.ts'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { WrongArchive } from '../backup/archive.ts'
import { NoSuchBackup } from '../backup/restore-set.ts'
import { repositoryFolder, WrongSettings } from '../config.ts'
import { consoleText } from '../console-text.ts'
import { explain } from '../greeting.ts'
import { WrongShare } from '../signer/key-shares.ts'
import { KeysIncomplete, VaultLocked } from '../signer/vault.ts'
import { BackupRefused, backup, restore } from './backup.ts'
import { backupOnline, drill, makeBackupKey, restoreFromSet } from './backup-set.ts'
import { check } from './check.ts'
import { connect } from './connect.ts'
import { continueLog } from './continue-log.ts'
import { lockKeys, recoverKey, rotateKeys, shareKey, unlockKeys } from './keys.ts'
import { link } from './link.ts'
import { askPassphrase, shortestPassphrase } from './passphrase.ts'
import { recover } from './recover.ts'
import { trust } from './trust.ts'

/** The verbs of `sereno` that need an installation; `apps/cli` runs this program as a child. */
const usage = `sereno check [--full] [--json] | link ROLE | connect axis --url URL --site NAME | trust | recover | backup --to FILE | restore --from FILE --data FOLDER
       sereno backup-key --to FILE | backup --to FOLDER --recipient KEY… | restore --from FOLDER --data FOLDER --identity FILE [--at INSTANT] | drill --from FOLDER --identity FILE
       sereno keys rotate | lock | unlock | share --needed M --of N | recover --from FILE
  --data FOLDER            the installation (default: data/ in this repository)
  --passphrase-file FILE   instead of asking; or SERENO_PASSPHRASE in the environment`

async function run(verb: string, args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      to: { type: 'string' },
      from: { type: 'string' },
      recipient: { type: 'string', multiple: true },
      identity: { type: 'string' },
      at: { type: 'string' },
      url: { type: 'string' },
      site: { type: 'string' },
      needed: { type: 'string' },
      of: { type: 'string' },
      'passphrase-file': { type: 'string' },
    },
  })
  const dataFolder = path.resolve(values.data ?? path.join(repositoryFolder, 'data'))
  switch (verb) {
    case 'check':
      return check({ dataFolder, full: values.full, json: values.json })
    case 'link':
      return link(dataFolder, positionals[0] ?? '')
    case 'connect':
      return connect(dataFolder, { system: positionals[0] ?? '', url: values.url, site: values.site })
    case 'continue-log':
      return continueLog(dataFolder)
    case 'recover':
      return recover(dataFolder)
    case 'trust':
      return trust(dataFolder)
    case 'backup-key':
      return keep(values.to, async (file) => console.log(await makeBackupKey(file)))
    case 'backup':
      return keep(values.to, async (file) => {
        if (values.recipient !== undefined) {
          const { name, sizeBytes, copied } = await backupOnline({
            dataFolder,
            folder: file,
            recipients: values.recipient,
          })
          console.log(`${path.join(file, 'base', name)}: ${sizeBytes} bytes, ${copied} objects of footage`)
          return
        }
        const passphrase = await demandPassphrase(values['passphrase-file'], true)
        const { sizeBytes } = await backup({ dataFolder, file, passphrase })
        console.log(`${file}: ${sizeBytes} bytes`)
      })
    case 'restore':
      if (values.data === undefined) {
        throw new BackupRefused('restore takes --data FOLDER: a new, empty one.')
      }
      return keep(values.from, async (file) => {
        if (values.identity !== undefined) {
          const atMs = values.at === undefined ? null : readInstant(values.at)
          const openWith = { identity: readIdentity(values.identity) }
          const { baseAtMs } = await restoreFromSet({ from: file, dataFolder, openWith, atMs })
          console.log(
            `${dataFolder}: from the base of ${new Date(baseAtMs).toISOString()}. npm start -- --data ${dataFolder}`,
          )
          return
        }
        const passphrase = await demandPassphrase(values['passphrase-file'], false)
        const { files } = await restore({ dataFolder, file, passphrase })
        console.log(`${dataFolder}: ${files} files and folders. npm start -- --data ${dataFolder}`)
      })
    case 'keys':
      return keys(dataFolder, positionals[0] ?? '', values)
    case 'drill':
      return keep(values.from, async (from) => {
        const openWith = { identity: readIdentity(values.identity) }
        const { seconds, examined, findings } = await drill({ dataFolder, from, openWith })
        for (const finding of findings) {
          console.log(finding)
        }
        console.log(`restored in ${seconds} s, ${examined} examined, ${findings.length} findings`)
        if (findings.length > 0) {
          throw new BackupRefused('The copy is not what it should be.')
        }
      })
    default:
      console.error(usage)
      return 64
  }
}

async function keep(file: string | undefined, work: (file: string) => Promise<void>): Promise<number> {
  if (file === undefined) {
    console.error(usage)
    return 64
  }
  await work(path.resolve(file))
  return 0
}

async function keys(
  dataFolder: string,
  deed: string,
  values: {
    readonly needed?: string
    readonly of?: string
    readonly from?: string
    readonly 'passphrase-file'?: string
  },
): Promise<number> {
  switch (deed) {
    case 'rotate':
      console.log(`${await rotateKeys(dataFolder)} data keys wrapped anew; footage stays as it is.`)
      return 0
    case 'lock':
      await lockKeys(dataFolder, await demandPassphrase(values['passphrase-file'], true))
      console.log('Locked. Sereno now starts with --key-passphrase-file FILE, SERENO_KEY_PASSPHRASE or at a terminal.')
      return 0
    case 'unlock':
      await unlockKeys(dataFolder)
      return 0
    case 'share':
      console.log((await shareKey(dataFolder, Number(values.needed), Number(values.of))).join('\n'))
      return 0
    case 'recover':
      return keep(values.from, async (file) =>
        console.log(`${await recoverKey(dataFolder, file)} data keys open again.`),
      )
    default:
      console.error(usage)
      return 64
  }
}

function readIdentity(file: string | undefined): string {
  if (file === undefined) {
    throw new BackupRefused('A copy opens with --identity FILE: the secret key that sereno backup-key made.')
  }
  return readFileSync(path.resolve(file), 'utf8').trim()
}

function readInstant(text: string): number {
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) {
    throw new BackupRefused(`--at takes an instant like 2026-11-22T14:00:00-05:00, not "${text}".`)
  }
  return atMs
}

async function demandPassphrase(file: string | undefined, isNew: boolean): Promise<string> {
  const passphrase = await askPassphrase({ file, isNew })
  if (passphrase === null) {
    throw new BackupRefused(`A passphrase is needed${isNew ? ` of at least ${shortestPassphrase} characters` : ''}.`)
  }
  return passphrase
}

const [verb = '', ...args] = process.argv.slice(2)
try {
  process.exit(await run(verb, args))
} catch (error) {
  console.error(
    explain(
      consoleText(process.env),
      error,
      WrongSettings,
      BackupRefused,
      NoSuchBackup,
      WrongArchive,
      VaultLocked,
      KeysIncomplete,
      WrongShare,
    ),
  )
  process.exit(2)
}
