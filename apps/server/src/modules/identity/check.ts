import { noMunicipality, type Scope, systemActor } from '../../kernel/actor.ts'
import type { Checker } from '../../kernel/checker.ts'
import type { Db } from '../../kernel/database.ts'
import type { Ledger } from '../ledger/index.ts'
import { accounts, homeMunicipality } from './store.ts'

const roleKinds = new Set(['account.created', 'account.roles-changed'])
const officerKinds = new Set(['account.created', 'account.officer-joined', 'account.officer-parted'])

/**
 * Accounts against the ledger (I-3): every account began with an entry, has the roles and is the officer that its
 * last entries say, and is closed exactly when an entry says so. Who writes roles into the table by hand is found here.
 */
export function identityChecker(db: Db, ledger: Pick<Ledger, 'entriesOf'>): Checker {
  return {
    name: 'identity',
    async run(report) {
      const home = await homeMunicipality(db)
      const municipality = home?.id ?? noMunicipality
      const scope: Scope = { municipality, actor: systemActor(municipality) }
      const all = await accounts(db, scope)
      for (const account of all) {
        // Newest first.
        const entries = await ledger.entriesOf(scope, `person:${account.id}`)
        const isRestored = entries.some(({ details }) => details.opening === 'lost')
        const last = entries.find(({ kind }) => roleKinds.has(kind))
        if (last === undefined) {
          report({ code: 'identity.account-unrecorded', detail: account.id })
        } else if (last.details.roles !== account.roles.join(' ') && !isRestored) {
          report({ code: 'identity.roles-unrecorded', detail: account.id })
        }
        const joined = entries.find(({ kind }) => officerKinds.has(kind))
        if (joined !== undefined && (joined.details.officer ?? null) !== account.officer && !isRestored) {
          report({ code: 'identity.officer-unrecorded', detail: account.id })
        }
        if ((account.closed_at !== null) !== entries.some(({ kind }) => kind === 'account.closed')) {
          report({ code: 'identity.closing-unrecorded', detail: account.id })
        }
      }
      const isRun = all.some(({ roles, closed_at }) => closed_at === null && roles.includes('administrator'))
      if (home !== null && !isRun) {
        report({ code: 'identity.no-administrator', detail: municipality })
      }
      return { examined: all.length }
    },
  }
}
