import { sql } from 'kysely'
import type { Checker, Finding } from './kernel/checker.ts'
import type { Kernel } from './kernel/kernel.ts'

export type CheckResult = { readonly name: string; readonly examined: number; readonly findings: readonly Finding[] }

/** What the kernel itself promises: events are delivered, the signer answers, the disk has its reserve. */
export function kernelChecker(kernel: Kernel): Checker {
  return {
    name: 'kernel',
    async run(report) {
      // Eight failures are more than half an hour of trying.
      const stuck = await sql<{ id: number; subscriber: string; name: string }>`
        select id, subscriber, name from event_delivery where attempts >= 8 order by id limit 100`.execute(
        kernel.database.db,
      )
      for (const { id, subscriber, name } of stuck.rows) {
        report({ code: 'kernel.event-stuck', detail: `${name} for ${subscriber} (delivery ${id})` })
      }
      const failed = await sql<{ id: number; task_identifier: string }>`
        select id::bigint as id, task_identifier from graphile_worker.jobs where attempts >= max_attempts limit 100`.execute(
        kernel.database.db,
      )
      for (const { id, task_identifier: task } of failed.rows) {
        report({ code: 'kernel.job-failed', detail: `${task} (job ${id})` })
      }
      await kernel.signer.publicKeys()
      if (!kernel.disk.ingestOpen()) {
        report({ code: 'kernel.disk-reserve', detail: `${kernel.disk.space().freeBytes} bytes free` })
      }
      return { examined: stuck.rows.length + failed.rows.length + 2 }
    },
  }
}

/** Runs every checker in order. A checker that fails to run is a finding of its own: nothing passes unexamined. */
export async function runChecks(
  checkers: readonly Checker[],
  options: { readonly full: boolean },
  tell: (result: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  for (const checker of checkers) {
    const findings: Finding[] = []
    let examined = 0
    try {
      examined = (await checker.run((finding) => findings.push(finding), options)).examined
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      findings.push({ code: `${checker.name}.not-examined`, detail })
    }
    const result = { name: checker.name, examined, findings }
    results.push(result)
    tell(result)
  }
  return results
}
