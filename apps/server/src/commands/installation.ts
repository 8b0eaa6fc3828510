import { type App, composeApp, migrations } from '../app.ts'
import { makeConfig, openInstallation } from '../config.ts'
import { lockInstance, runningServer } from '../kernel/instance-lock.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { silentLog } from '../kernel/log.ts'
import { foldersOf, openKernel } from '../kernel/open-kernel.ts'
import { askKeyPassphrase } from '../key-passphrase.ts'
import { openStorageSettings } from '../storage-settings.ts'

export type OpenInstallation = { readonly app: App; readonly kernel: Kernel; readonly running: boolean }

/**
 * Opens an installation for a command: beside its running server, or by itself, PostgreSQL and signer started for the
 * time of the command and the folder locked meanwhile. An older database is never changed by a command.
 */
export async function withInstallation<T>(
  dataFolder: string,
  work: (opened: OpenInstallation) => Promise<T>,
): Promise<T> {
  const folders = foldersOf(dataFolder)
  const installation = openInstallation(dataFolder, null)
  const server = runningServer(folders.run)
  const lock = server === null ? lockInstance(folders.run, dataFolder) : null
  try {
    const settings = {
      dataFolder,
      lan: false,
      tls: null,
      origin: server?.url ?? null,
      mapStyle: null,
      mapPmtiles: null,
    }
    const config = makeConfig(settings, installation, () => 'http://localhost:8420')
    const opened = await openKernel({
      config,
      s3: openStorageSettings(dataFolder, null, process.env),
      log: silentLog,
      migrations,
      beside: server !== null,
      keyPassphrase: () => askKeyPassphrase(null),
      mayMigrate: async () => false,
      say: (sentence) => console.error(sentence),
    })
    try {
      const app = composeApp(opened.kernel)
      // Both take the log's own locks, so they may run beside the server's.
      await app.ledger.start()
      await app.identity.start()
      return await work({ app, kernel: opened.kernel, running: server !== null })
    } finally {
      await opened.close()
    }
  } finally {
    lock?.release()
  }
}
