import { mkdir } from 'node:fs/promises'
import { composeApp, migrations } from '../../apps/server/src/app.ts'
import { makeConfig, openInstallation } from '../../apps/server/src/config.ts'
import { seedDemonstration } from '../../apps/server/src/demonstration.ts'
import { systemActor } from '../../apps/server/src/kernel/actor.ts'
import { silentLog } from '../../apps/server/src/kernel/log.ts'
import { openKernel } from '../../apps/server/src/kernel/open-kernel.ts'
import type { Desk } from '../../apps/simulator/src/office.ts'
import { startProduct, temporaryData } from '../product.ts'
import { expectStatus, openConnection } from './connections.ts'
import { measureBrowser } from './custody-browser.ts'
import { desk, enrolDevices, type Media, randomMedia } from './devices.ts'
import { type Bench, type Figure, median, plain, quantile } from './figures.ts'

const segmentsOfTwoHours = 3600
const viewers = 50
const rounds = 10
const appenders = 64
const entriesEach = 8
const appendMs = 5000

/**
 * Issue 3 §9 `custody`: `view`, from the wish to watch a two-hour recording to its first byte, with fifty viewers at once
 * (decision, entry, commit, init segment); `appends`, durable entries a second; `browser`, a package of 4 GB verified in
 * Chromium, and the memory that takes.
 */
export const bench: Bench = async (say) => [
  ...(await viewing(say)),
  ...(await appending(say)),
  ...(await measureBrowser(say)),
]

async function viewing(say: (line: string) => void): Promise<readonly Figure[]> {
  const data = await temporaryData()
  try {
    const product = await startProduct({ data: data.folder })
    try {
      const office = await desk(product.url, product.links.administrator)
      const custodian = await desk(product.url, product.links.custodian)
      const [device] = await enrolDevices(product.url, office, 1)
      const recording = crypto.randomUUID()
      const [media] = await randomMedia(16 * 1024, 1)
      say('uploading two hours …')
      const line = openConnection()
      for (let sequence = 0; sequence <= segmentsOfTwoHours; sequence += 1) {
        const upload =
          sequence < segmentsOfTwoHours
            ? await device!.nextUpload(recording, media as Media)
            : await device!.stopUpload(recording)
        const headers = { 'content-type': 'application/octet-stream', authorization: `Device ${device!.token}` }
        const url = `${product.url}${upload.path}`
        expectStatus(await line.send({ method: 'PUT', url, headers, body: [upload.head, upload.media] }), [200, 201])
      }
      line.close()
      await untilFinished(custodian, recording)
      const took: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const times = await Promise.all(Array.from({ length: viewers }, () => firstByte(custodian, recording)))
        if (round > 0) {
          took.push(...times)
        }
      }
      return [plain('view', quantile(took, 0.99), 'ms'), plain('viewMedian', quantile(took, 0.5), 'ms')]
    } finally {
      await product.interrupt()
    }
  } finally {
    await data.remove()
  }
}

async function firstByte(reader: Desk, recording: string): Promise<number> {
  const startedAt = performance.now()
  const { look } = await reader.api.call('POST /recordings/:id/looks', {
    params: { id: recording },
    body: { purpose: 'audit' },
  })
  const answer = await reader.api.open('GET /looks/:look/init.mp4', { params: { look } })
  const bytes = answer.body?.getReader()
  await bytes?.read()
  const tookMs = performance.now() - startedAt
  await bytes?.cancel()
  return tookMs
}

async function untilFinished(reader: Desk, recording: string): Promise<void> {
  for (;;) {
    const { recording: found } = await reader.api.call('GET /recordings/:id', { params: { id: recording } })
    if (found.state === 'sealed') {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** Beside the module itself: eight entries to a transaction, as a burst of uploads or positions makes them, and one to one. */
async function appending(say: (line: string) => void): Promise<readonly Figure[]> {
  const data = await temporaryData()
  await mkdir(data.folder, { recursive: true })
  const installation = openInstallation(data.folder, { empty: false, nowMs: Date.now() })
  const settings = { dataFolder: data.folder, lan: false, tls: null, origin: null, mapStyle: null, mapPmtiles: null }
  const config = makeConfig(settings, installation, () => 'http://localhost')
  const opened = await openKernel({ config, s3: null, log: silentLog, migrations, say })
  try {
    const app = composeApp(opened.kernel)
    await app.start()
    await seedDemonstration(app)
    const municipality = app.identity.municipality()?.id ?? ''
    const rate = async (each: number): Promise<number> => {
      const deadline = performance.now() + appendMs
      let count = 0
      const append = async (): Promise<void> => {
        while (performance.now() < deadline) {
          await opened.kernel.database.transaction(async (tx) => {
            for (let i = 0; i < each; i += 1) {
              await app.ledger.append(tx, {
                municipality,
                kind: 'recording.viewed',
                coarse: 'access',
                subjects: [`recording:${crypto.randomUUID()}`],
                actor: systemActor(municipality),
                purpose: 'audit',
                policy: 'bench',
                allowed: true,
              })
            }
          })
          count += each
        }
      }
      const startedAt = performance.now()
      await Promise.all(Array.from({ length: appenders }, append))
      return (count / (performance.now() - startedAt)) * 1000
    }
    const together = [await rate(entriesEach), await rate(entriesEach), await rate(entriesEach)]
    const alone = await rate(1)
    await app.stop()
    return [
      plain('appends', median(together), 'entries/s'),
      plain('appendsAlone', alone, 'entries/s, each in its own transaction'),
    ]
  } finally {
    await opened.close()
    await data.remove()
  }
}
