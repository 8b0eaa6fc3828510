/**
 * What a municipality has after some weeks of custody, brought about through the public interfaces alone: a case with
 * people, a clip, guests and a hand-over; holds; purchases; cameras of other makers that deliver; somebody who looked.
 */
import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type ConnectionFile,
  clipName,
  createController,
  recordingMetadata,
  stamp,
} from '../../apps/server/src/modules/intake/axis/controller.test-kit.ts'
import type { Desk as Office } from '../../apps/simulator/src/office.ts'
import { officeOf } from '../../tests/e2e/simulated-phone.ts'
import { freshLink, type Stage } from '../../tests/e2e/stage.ts'
import { root } from '../run.ts'

const dayMs = 24 * 3_600_000
const run = promisify(execFile)

export type Custody = {
  /** The case of the demonstration, with everything in it. */
  readonly full: string
  /** One that was opened a moment ago. */
  readonly fresh: string
  readonly recording: string
  readonly guest: { readonly url: string; readonly code: string }
}

export async function liveThroughCustody(stage: Stage): Promise<Custody> {
  const { url } = stage.product
  const custodian = await officeOf(url, await freshLink(stage, 'custodian'))
  const administrator = await officeOf(url, await freshLink(stage, 'administrator'))
  const [first] = await until(
    async () => (await custodian.api.call('GET /cases', { query: {} })).cases,
    (cases) => cases.length > 0,
  )
  const full = first?.id ?? ''
  const { recordings } = await custodian.api.call('GET /recordings', { query: { state: 'sealed', limit: 4 } })
  const filled = await fillCase(custodian, full)
  await holdSome(
    custodian,
    recordings.map(({ id }) => id),
  )
  const fresh = await custodian.api.call('POST /cases', {
    body: { title: 'Choque sin heridos frente al mercado (ficticio)', kind: 'accident' },
  })
  await administrator.api.call('POST /completeness/purchases', {
    body: { kind: 'body-camera', quantity: 36, reference: 'OC-2026-0114', date: '2026-10-02' },
  })
  await dockDelivers(stage, administrator)
  await axisDelivers(administrator)
  return { full, fresh: fresh.id, ...filled }
}

/** A clip, guests of three kinds, a hand-over that is ready, and a unit shown live to the police. */
async function fillCase({ api }: Office, id: string): Promise<Pick<Custody, 'recording' | 'guest'>> {
  const params = { id }
  const file = await api.call('GET /cases/:id', { params })
  const recording = file.recordings[0]?.recording.id ?? ''
  await api.call('POST /cases/:id/clips', {
    params,
    body: { recording, fromMs: 4000, toMs: 11_000, title: 'El arrebato y la huida' },
  })
  const share = (role: 'police' | 'prosecutor' | 'defence', name: string, office: string, basis: string) =>
    api.call('POST /cases/:id/shares', {
      params,
      body: { role, name, office, basis, download: role !== 'police', expiresAt: Date.now() + 7 * dayMs },
    })
  const police = await share('police', 'SO1 PNP R. Ficticio', 'Comisaría del sector 4', 'Oficio 118-2026')
  const prosecutor = await share('prosecutor', 'Fiscal adjunta (ficticia)', '2.ª Fiscalía Penal', 'Carpeta 2026-431')
  const defence = await share(
    'defence',
    'Abogado de la defensa (ficticio)',
    'Estudio particular',
    'Escrito 3, proveído',
  )
  await api.call('POST /cases/:id/shares/:share/revoke', {
    params: { id, share: defence.share.id },
    body: { reason: 'Renunció al patrocinio' },
  })
  const { devices } = await api.call('GET /devices', {})
  const device = devices.find(({ state, officer }) => state === 'issued' && officer !== null)?.id ?? ''
  await api.call('POST /cases/:id/live', {
    params,
    body: { share: police.share.id, device, minutes: 30, reason: 'Apoyo en la persecución por la avenida' },
  })
  await api.call('POST /cases/:id/hand-overs', {
    params,
    body: {
      authority: 'pnp',
      unit: 'Comisaría del sector 4',
      officer: 'SO1 PNP R. Ficticio',
      officerId: 'CIP 00000000',
      detail: 'Video del arrebato junto al paradero y de la persecución, desde dos cámaras.',
    },
  })
  await until(
    () => api.call('GET /cases/:id', { params }),
    ({ handOvers }) => handOvers[0]?.state === 'ready',
  )
  return { recording, guest: { url: prosecutor.entrance?.url ?? '', code: prosecutor.entrance?.code ?? '' } }
}

/** Held without notice, held with notice, and one that somebody asked to let go. */
async function holdSome({ api }: Office, [first, second, third]: readonly string[]): Promise<void> {
  const hold = (recording: string | undefined, basis: string, reason: string) =>
    api.call('POST /recordings/:id/holds', { params: { id: recording ?? '' }, body: { basis, reason } })
  await hold(first, 'crime', 'Se ve el arrebato y la moto que espera.')
  const told = await hold(second, 'crime', 'El mismo hecho, desde la otra esquina.')
  await api.call('POST /retention/holds/:id/notification', {
    params: { id: told.id },
    body: {
      number: 'MP-2026-01183',
      date: '2026-11-20',
      channel: 'mesa de partes',
      fileName: 'cargo-01183.pdf',
      fileSha256: 'c0'.repeat(32),
    },
  })
  const asked = await hold(third, 'precaution', 'Un vecino avisó que pediría el video.')
  await api.call('POST /retention/holds/:id/release', {
    params: { id: asked.id },
    body: { reason: 'Pasaron treinta días y el vecino no presentó el pedido.' },
  })
  await api.call('POST /recordings/:id/freezes', {
    params: { id: third ?? '' },
    body: { kind: 'complaint', reference: 'Q-2026-0087' },
  })
}

/** A docking station with files of three makers; one of them nobody can read. */
async function dockDelivers(stage: Stage, { api }: Office): Promise<void> {
  const folder = join(stage.product.data, 'pictures/dock')
  await mkdir(folder, { recursive: true })
  const clip = join(root, 'apps/simulator/clips/cruce.mp4')
  const files = ['VID_20261120_221112.mp4', 'REC_0007.DAV'].map((name) => join(folder, name))
  await copyFile(clip, files[0] ?? '')
  await writeFile(files[1] ?? '', randomBytes(2_400_000))
  const { url } = await api.call('POST /devices/enrolments', { body: { code: 'DOCK-BASE', kind: 'dock' } })
  const dock = (...args: readonly string[]) =>
    run(process.execPath, [join(root, 'apps/dock/src/main.ts'), ...args, '--state', join(folder, 'state')])
  await dock('enrol', url)
  await dock('import', ...files, '--settle', '0')
}

/** A controller of body-worn cameras: its people and cameras wait to be recognised; one recording arrives. */
async function axisDelivers({ api }: Office): Promise<void> {
  const made = await api.call('POST /intake/connections', { body: { siteName: 'Base Chacarilla' } })
  const controller = createController(JSON.parse(made.file) as ConnectionFile)
  const user = randomUUID()
  const serial = 'B8A44F123456'
  for (const name of ['System', 'Users', 'Devices']) {
    await controller.putContainer(name)
  }
  await controller.putObject('System', randomUUID(), '', { ConnectionId: randomUUID(), SystemName: 'Estación 1' })
  await controller.putObject('Users', user, '', { Active: 'true', Name: 'Ñusta Quispe (ficticia)', UserID: 'S-77' })
  await controller.putObject('Devices', serial, '', { Active: 'true', Name: 'Cámara 7', Model: 'AXIS W101' })
  const startMs = Math.floor((Date.now() - dayMs) / 1000) * 1000
  const name = `${user}_${serial}_${stamp(startMs)}`
  const id = randomUUID()
  const about = { user, serial, startMs, stopMs: startMs + 20_000 }
  await controller.putContainer(name, recordingMetadata(name, { ...about, status: 'Transferring' }))
  await controller.putObject(name, clipName(startMs, id), randomBytes(900_000))
}

async function until<T>(ask: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 240_000; ; ) {
    const found = await ask()
    if (isSo(found)) {
      return found
    }
    if (Date.now() > deadline) {
      throw new Error('the demonstration did not come so far')
    }
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
