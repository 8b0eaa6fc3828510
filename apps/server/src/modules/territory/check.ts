import { systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { Ledger } from '../ledger/index.ts'
import { judge } from './judge.ts'
import { fingerprint } from './put-in-force.ts'
import { allVersions, groundOf } from './store.ts'

/**
 * Every version is what its entry says it was (SHA-256), and as sound as when it was put in force: no error, and no
 * warning but those that were accepted then. A version that nobody put in force (the demonstration's) has no entry.
 */
export function checkTerritory(db: Db, ledger: Pick<Ledger, 'entriesOf'>): Checker {
  return {
    name: 'territory',
    async run(report) {
      let examined = 0
      const recorded = new Map<string, ReadonlyMap<number, string>>()
      for (const { municipality, version, putBy, accepted } of await allVersions(db)) {
        const about = `${municipality} v${version}`
        const ground = await groundOf(db, municipality, version)
        examined += ground.areas.length
        const entries = recorded.get(municipality) ?? (await recordedBy(ledger, municipality))
        recorded.set(municipality, entries)
        const sha256 = entries.get(version)
        if (sha256 === undefined && putBy !== null) {
          report({ code: 'territory.version-unrecorded', detail: about })
        }
        if (sha256 !== undefined && sha256 !== fingerprint(ground)) {
          report({ code: 'territory.version-altered', detail: about })
        }
        const findings = await judge(ground)
        for (const { fault, about: what, detail } of findings.filter(({ fault }) => !accepted.includes(fault))) {
          report({ code: `territory.${fault}`, detail: `${about}: ${what} ${detail}`.trim() })
        }
      }
      return { examined }
    },
  }
}

/** The SHA-256 of each version that was put in force, as its entry says. */
async function recordedBy(
  ledger: Pick<Ledger, 'entriesOf'>,
  municipality: string,
): Promise<ReadonlyMap<number, string>> {
  const scope = { municipality, actor: systemActor(municipality) }
  const entries = await ledger.entriesOf(scope, `territory:${municipality}`)
  return new Map(
    entries.flatMap(({ kind, details: { version, sha256 } }) =>
      kind !== 'territory.changed' || version === undefined || sha256 === undefined
        ? []
        : [[Number(version), sha256] as const],
    ),
  )
}
