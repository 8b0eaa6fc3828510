import { withInstallation } from './installation.ts'

/**
 * `sereno recover`: after a database older than the last signed checkpoint was put in place, takes the published leaves
 * back from the copy beside it, so that the log can go on. Bodies that are lost read "opening lost". 0 done or nothing to
 * do, 1 when the database contradicts what was signed: then nothing is taken.
 */
export async function recover(dataFolder: string): Promise<number> {
  return withInstallation(dataFolder, async ({ app }) => {
    const { state, size } = await app.ledger.status()
    if (state === 'forked') {
      console.error('The database contradicts the last signed checkpoint. Nothing was changed; restore a newer backup.')
      return 1
    }
    const count = await app.ledger.importPublished()
    console.log(
      count === 0 ? `Nothing to take back: ${size} leaves.` : `${count} leaves taken back, ${size + count} in all.`,
    )
    return 0
  })
}
