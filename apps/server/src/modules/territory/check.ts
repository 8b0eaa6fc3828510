import type { Checker } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import { judge } from './judge.ts'
import { allVersions, groundOf } from './store.ts'

/** Every version as sound as when it was put in force: no error, and no warning but those that were accepted then. */
export function checkTerritory(db: Db): Checker {
  return {
    name: 'territory',
    async run(report) {
      let examined = 0
      for (const { municipality, version, accepted } of await allVersions(db)) {
        const ground = await groundOf(db, municipality, version)
        examined += ground.areas.length
        for (const { fault, about, detail } of judge(ground).filter(({ fault }) => !accepted.includes(fault))) {
          report({ code: `territory.${fault}`, detail: `${municipality} v${version}: ${about} ${detail}`.trim() })
        }
      }
      return { examined }
    },
  }
}
