import { mkdirSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test-kit/index.ts'
import { systemClock } from '../clock.ts'
import { createIds } from '../ids.ts'
import { silentLog } from '../log.ts'
import { openStorage } from './open-storage.ts'

test('a store that takes connections and never answers holds up no start', async () => {
  const held: Socket[] = []
  const silent = createServer((socket) => held.push(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const folder = path.join(temporaryFolder('silent-store'), 'footage')
  mkdirSync(folder)
  const storage = await openStorage({
    folder,
    s3: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: 'footage',
      region: 'us-east-1',
      accessKey: 'a',
      secretKey: 'b',
      lockDays: 0,
    },
    ids: createIds(systemClock),
    clock: systemClock,
    log: silentLog,
    patienceMs: 200,
  })
  try {
    expect(storage.kind).toBe('s3')
    await storage.tidy()
    expect(held.length).toBeGreaterThan(0)
    // Asked again for the bucket before anything is sent there.
    await expect(storage.move()).rejects.toThrow()
  } finally {
    storage.close()
    for (const socket of held) {
      socket.destroy()
    }
    await new Promise((resolve) => silent.close(resolve))
  }
}, 30_000)
