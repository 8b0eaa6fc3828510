#!/usr/bin/env node
import { homedir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { enrol, openDock } from './dock.ts'
import { openJournal } from './journal.ts'
import { createTold } from './tell.ts'
import { watch } from './watch.ts'

const usage = `sereno-dock VERB [options]

  enrol LINK            becomes a dock of the installation: the link of a dock's QR code (Fleet, "Enrol")
  watch FOLDER…         sends what cameras leave there (USB, network share, folder), for as long as it runs
  import FILE…          sends these files (or all in these folders) and ends
  status                what the journal says

  --erase-after-receipt   erase a source once the installation's signed receipt names its hash. Never otherwise
  --clock-offset SECONDS  what to add to the cameras' clock, as a person measured it
  --settle SECONDS        a file is finished when it has not changed for so long (5)
  --state FOLDER          journal and key (default: $SERENO_DOCK_STATE, or ~/.local/state/sereno-dock)
  --ca FILE               certificate of an installation's own authority (npm start -- --lan)
  --json                  one JSON line for each event

import ends with 0 when every file is safe, 1 when one is not, 64 for a wrong call.`

type Values = ReturnType<typeof readCall>['values']

function readCall(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'erase-after-receipt': { type: 'boolean', default: false },
      'clock-offset': { type: 'string' },
      settle: { type: 'string', default: '5' },
      state: { type: 'string' },
      ca: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
}

async function run(verb: string, args: readonly string[]): Promise<number> {
  const { values, positionals } = readCall(args)
  const offset = values['clock-offset'] === undefined ? null : Number(values['clock-offset']) * 1000
  if (offset !== null && !Number.isFinite(offset)) {
    throw new TypeError('--clock-offset takes seconds, e.g. -3600 or 2.5')
  }
  const journal = openJournal(stateFolder(values))
  try {
    switch (verb) {
      case 'enrol': {
        const code = await enrol(
          journal,
          positionals[0] ?? '',
          values.ca === undefined ? null : path.resolve(values.ca),
        )
        console.log(values.json ? JSON.stringify({ enrolled: code }) : `Inscrita como ${code}.`)
        return 0
      }
      case 'status': {
        const about = { url: journal.get('url'), device: journal.get('device'), files: journal.count() }
        console.log(
          values.json
            ? JSON.stringify(about)
            : Object.entries({ ...about, files: JSON.stringify(about.files) })
                .map(([name, value]) => `${name}: ${value}`)
                .join('\n'),
        )
        return 0
      }
      default: {
        if (positionals.length === 0) {
          throw new TypeError(`${verb} takes at least one ${verb === 'watch' ? 'folder' : 'file'}.`)
        }
        const stop = new AbortController()
        for (const signal of ['SIGINT', 'SIGTERM'] as const) {
          process.once(signal, () => stop.abort())
        }
        const dock = await openDock(journal)
        const failures = await watch(dock, journal, {
          folders: positionals,
          once: verb === 'import',
          erase: values['erase-after-receipt'],
          clockOffsetMs: offset,
          settleMs: Number(values.settle) * 1000,
          everyMs: 2_000,
          told: createTold(values.json, process.stdout),
          signal: stop.signal,
        })
        dock.api.close()
        return verb === 'import' && (failures > 0 || stop.signal.aborted) ? 1 : 0
      }
    }
  } finally {
    journal.close()
  }
}

function stateFolder(values: Values): string {
  return path.resolve(values.state ?? process.env.SERENO_DOCK_STATE ?? path.join(homedir(), '.local/state/sereno-dock'))
}

const [verb = 'help', ...args] = process.argv.slice(2)
if (['enrol', 'watch', 'import', 'status'].includes(verb)) {
  try {
    process.exitCode = await run(verb, args)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = error instanceof TypeError ? 64 : 1
  }
} else {
  console.log(usage)
  process.exitCode = ['help', '--help', '-h'].includes(verb) ? 0 : 64
}
