import '../kernel/thread-pool.ts'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryFolder, WrongSettings } from '../config.ts'
import { consoleText } from '../console-text.ts'
import { explain } from '../greeting.ts'
import { WrongArchive } from './archive.ts'
import { BackupRefused, backup, restore } from './backup.ts'
import { check } from './check.ts'
import { link } from './link.ts'
import { askPassphrase, shortestPassphrase } from './passphrase.ts'
import { recover } from './recover.ts'
import { trust } from './trust.ts'

/** The verbs of `sereno` that need an installation; `apps/cli` runs this program as a child. */
const usage = `sereno check [--full] [--json] | link ROLE | trust | recover | backup --to FILE | restore --from FILE --data FOLDER
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
      'passphrase-file': { type: 'string' },
    },
  })
  const dataFolder = path.resolve(values.data ?? path.join(repositoryFolder, 'data'))
  switch (verb) {
    case 'check':
      return check({ dataFolder, full: values.full, json: values.json })
    case 'link':
      return link(dataFolder, positionals[0] ?? '')
    case 'recover':
      return recover(dataFolder)
    case 'trust':
      return trust(dataFolder)
    case 'backup':
      return keep(values.to, async (file) => {
        const passphrase = await demandPassphrase(values['passphrase-file'], true)
        const { sizeBytes } = await backup({ dataFolder, file, passphrase })
        console.log(`${file}: ${sizeBytes} bytes`)
      })
    case 'restore':
      if (values.data === undefined) {
        throw new BackupRefused('restore takes --data FOLDER: a new, empty one.')
      }
      return keep(values.from, async (file) => {
        const passphrase = await demandPassphrase(values['passphrase-file'], false)
        const { files } = await restore({ dataFolder, file, passphrase })
        console.log(`${dataFolder}: ${files} files and folders. npm start -- --data ${dataFolder}`)
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
  console.error(explain(consoleText(process.env), error, WrongSettings, BackupRefused, WrongArchive))
  process.exit(2)
}
