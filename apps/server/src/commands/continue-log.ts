import { withInstallation } from './installation.ts'

/**
 * `sereno continue-log` (Sereno stopped): the ledger goes on under new keys and a new origin. Everybody who relies on it
 * needs the new trust file; witnesses and auditors follow by themselves. 0 done · 1 what is committed could not be
 * published first (witnesses do not answer), so nothing was changed: give the command again.
 */
export async function continueLog(dataFolder: string): Promise<number> {
  return withInstallation(dataFolder, async ({ app, running }) => {
    if (running) {
      console.error('Stop Sereno first: it signs with the keys that are to be exchanged.')
      return 1
    }
    try {
      const before = app.ledger.originUuid
      const origin = await app.ledger.continueLog()
      console.log(`${before} is closed; ${origin} continues it. Publish the new trust file: sereno trust`)
      return 0
    } catch (error) {
      console.error(`Not continued: ${error instanceof Error ? error.message : String(error)}. Give the command again.`)
      return 1
    }
  })
}
