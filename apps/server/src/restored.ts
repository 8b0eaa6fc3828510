import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { App } from './app.ts'
import { systemActor } from './kernel/actor.ts'
import type { Kernel } from './kernel/kernel.ts'

const markerOf = (dataFolder: string): string => path.join(dataFolder, 'restored.json')

/** Left by `sereno restore`, read by the next start. */
export function markRestored(dataFolder: string, atMs: number): void {
  writeFileSync(markerOf(dataFolder), JSON.stringify({ restoredAtMs: atMs }))
}

/**
 * A restored backup brings the signer's memory back to its hour, too: what was published since then would be signed
 * otherwise a second time. The machine cannot notice that by itself (outsiders who kept a checkpoint do), so the restore is
 * an entry, the first of the new branch, for everybody to see.
 */
export async function enterRestore(app: App, kernel: Kernel): Promise<boolean> {
  const { dataFolder } = kernel.config
  const municipality = app.identity.municipality()
  if (municipality === null || !existsSync(markerOf(dataFolder))) {
    return false
  }
  const { size } = await app.ledger.status()
  await kernel.database.transaction((tx) =>
    app.ledger.append(tx, {
      municipality: municipality.id,
      kind: 'installation.restored',
      coarse: 'installation',
      subjects: [],
      actor: systemActor(municipality.id),
      fields: { leavesInBackup: String(size) },
    }),
  )
  rmSync(markerOf(dataFolder))
  return true
}
