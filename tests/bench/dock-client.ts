/**
 * One client in a process of its own, so that its processor time is its own: `dock-client.ts dock STATE FILE` sends as
 * `sereno-dock import` does, `dock-client.ts tus URL FILE` with tus-js-client. Prints one JSON line.
 */
import { createReadStream, statSync } from 'node:fs'
import { Upload } from 'tus-js-client'
import { openDock } from '../../apps/dock/src/dock.ts'
import { openJournal } from '../../apps/dock/src/journal.ts'
import { sendFile } from '../../apps/dock/src/send-file.ts'

const [kind, where = '', file = ''] = process.argv.slice(2)
const { size, mtimeMs } = statSync(file)
const before = process.cpuUsage()
const startedAt = performance.now()
if (kind === 'dock') {
  const journal = openJournal(where)
  const dock = await openDock(journal)
  const found = { path: file, size, mtime: Math.round(mtimeMs) }
  const sent = await sendFile(dock, journal, found, {
    erase: false,
    clockOffsetMs: null,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  if (sent.outcome !== 'kept') {
    throw new Error(`the file was not sent: ${sent.outcome}`)
  }
  dock.api.close()
  journal.close()
} else {
  await new Promise<void>((resolve, reject) => {
    new Upload(createReadStream(file, { highWaterMark: 1024 * 1024 }), {
      endpoint: where,
      uploadSize: size,
      chunkSize: Number.POSITIVE_INFINITY,
      onSuccess: () => resolve(),
      onError: reject,
    }).start()
  })
}
const seconds = (performance.now() - startedAt) / 1000
const { user, system } = process.cpuUsage(before)
const memory = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, memory }))
