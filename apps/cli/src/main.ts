#!/usr/bin/env node
import { mirror } from './mirror/mirror.ts'
import { runServerCommand } from './server-command.ts'
import { verify } from './verify.ts'
import { witness } from './witness/witness.ts'

const usage = `sereno VERB

  verify FILE [--trust FILE] [--json] [--en]
                        checks an evidence package; needs no installation and no network
                        0 holds · 1 fails · 2 not a package · 3 consistent, origin not established
  verify --completeness FILE [--trust FILE]
                        whether anything is missing of a public export (/open/completeness.json)
  verify FILE LINEAGE [--trust FILE] [--json] [--en]
                        a clip (.mp4) or a still (.png) by its signed lineage (.json); the same exit codes
  witness --log URL [--name NAME]        attests a log as it grows; own key, no account: docs/guide/witnesses.md
  mirror URL [--trust FILE] [--once]     follows a log, keeps a copy, says what went wrong and where
                        0 consistent · 1 something is wrong · 2 not reached
  trust  [--data FOLDER]                 prints the installation's trust file and its fingerprint
  check  [--data FOLDER] [--full]        examines every promise and names what is not as promised
  link ROLE [--data FOLDER]              a new one-time sign-in link
  connect axis --url URL --site NAME [--data FOLDER]
                                         a connection file for an Axis body-worn system controller
  backup --to FILE [--data FOLDER]       everything into one file, sealed with a passphrase (Sereno stopped)
  restore --from FILE --data FOLDER      back into an empty folder
  backup-key --to FILE                   a key pair for copies; prints the public half
  backup --to FOLDER --recipient KEY     a base backup while Sereno works, and from then on all that follows
  restore --from FOLDER --data FOLDER --identity FILE [--at INSTANT]
                                         back into an empty folder, as it was at that instant
  keys rotate | lock | unlock | share --needed M --of N | recover --from FILE
                                         the key store (Sereno stopped): docs/guide/keys.md
  drill --from FOLDER --identity FILE    restores beside the running installation, checks, and enters the result
  recover [--data FOLDER]                takes back published entries that an older database lacks (Sereno stopped)
  continue-log [--data FOLDER]           the ledger goes on under new keys and a new origin (Sereno stopped)`

const [verb = 'help', ...args] = process.argv.slice(2)

switch (verb) {
  case 'verify':
    process.exitCode = await verify(args)
    break
  case 'witness':
    process.exitCode = await witness(args)
    break
  case 'mirror':
    process.exitCode = await mirror(args)
    break
  case 'trust':
  case 'check':
  case 'link':
  case 'connect':
  case 'backup':
  case 'restore':
  case 'recover':
  case 'continue-log':
  case 'backup-key':
  case 'drill':
  case 'keys':
    process.exitCode = await runServerCommand(verb, args)
    break
  case 'help':
  case '--help':
  case '-h':
    console.log(usage)
    break
  default:
    console.error(`sereno has no verb "${verb}".\n\n${usage}`)
    process.exitCode = 64
}
