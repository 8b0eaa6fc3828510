import { verifyStamp } from '@sereno/timestamp'
import type { Checker, Finding } from '../../kernel/checker.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { checkLog } from './check.ts'
import type { Mirror } from './mirror.ts'
import { quorumInForce } from './quorum.ts'
import { certificatesOf, everyStamp, expiringStamps } from './stamp-store.ts'
import { renewBeforeMs } from './stamps.ts'
import { allLogs, type Log, newestStored, oldestUnpublishedMs } from './store.ts'
import { quorumSetting, witnessesSeen } from './witness-store.ts'

/** Behind this, publication is delayed: witnesses do not answer, or the publisher does not run. */
const delayedAfterMs = 60_000

type Deps = Pick<Kernel, 'database' | 'signer' | 'clock'> & {
  readonly mirrorOf: (log: Log) => Mirror
  readonly vkeys: (log: Log) => Promise<readonly string[]>
}

/** `sereno check` of the ledger: the log from its leaves up, its witnesses, its time stamps. */
export function ledgerChecker(deps: Deps): Checker {
  const { db } = deps.database
  return {
    name: 'ledger',
    run: async (report) => {
      let examined = 0
      for (const log of await allLogs(db)) {
        const vkeys = await deps.vkeys(log)
        examined += await checkLog({ ...deps, mirror: deps.mirrorOf(log), vkeys }, log, report)
        await checkWitnesses(deps, log, report)
        examined += await checkStamps(deps, log, report)
      }
      return { examined }
    },
  }
}

async function checkWitnesses(deps: Deps, log: Log, report: (finding: Finding) => void): Promise<void> {
  const { db } = deps.database
  const seen = await witnessesSeen(db, log)
  const wanted = await quorumSetting(db, log.municipality)
  const quorum = quorumInForce(wanted, seen)
  if (seen.length > 0 && quorum < wanted) {
    report({ code: 'ledger.witnesses-too-few', detail: `${quorum} of ${wanted}` })
  }
  for (const { name, problem } of seen) {
    if (problem?.startsWith('ahead') === true) {
      report({ code: 'ledger.witness-ahead', detail: `${name}: ${problem}` })
    }
  }
  const published = await newestStored(db, log)
  const waiting = await oldestUnpublishedMs(db, log, published?.size ?? 0)
  if (quorum > 0 && waiting !== null && deps.clock.nowMs() - waiting > delayedAfterMs) {
    const since = new Date(waiting).toISOString()
    report({ code: 'ledger.publication-delayed', detail: `${log.origin} since ${since}` })
  }
}

async function checkStamps(deps: Deps, log: Log, report: (finding: Finding) => void): Promise<number> {
  const { db } = deps.database
  const certificates = (await certificatesOf(db, log.municipality)).map(({ certificate }) => certificate)
  const held = await everyStamp(db, log.municipality)
  for (const { id, kind, subject, token, sha256 } of held) {
    const stamp = await verifyStamp(token, { sha256, certificates })
    if (!stamp.ok) {
      report({ code: 'ledger.stamp-wrong', detail: `${id} over ${kind} ${subject}: ${stamp.code}` })
    }
  }
  for (const stamp of await expiringStamps(db, log.municipality, deps.clock.nowMs() + renewBeforeMs)) {
    const until = new Date(stamp.expiresAt).toISOString().slice(0, 10)
    report({ code: 'ledger.stamp-expiring', detail: `${stamp.kind} ${stamp.subject} by ${stamp.authority}: ${until}` })
  }
  return held.length
}
