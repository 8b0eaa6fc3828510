import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Desk as Office } from '../../apps/simulator/src/office.ts'
import { exportPackage, sealed } from '../../apps/simulator/src/office.ts'
import { command } from '../product.ts'
import { allSafe, openPhone, record, startShift, stopRecording } from './officer-phone.ts'
import { statementsOf } from './package-statements.ts'
import { officeOf } from './simulated-phone.ts'
import { openStage, photograph, type Stage, soonMs } from './stage.ts'

let stage: Stage
let office: Office
let custodian: Office

beforeAll(async () => {
  stage = await openStage()
  office = await officeOf(stage.product.url, stage.product.links.supervisor ?? '')
  custodian = await officeOf(stage.product.url, stage.product.links.custodian ?? '')
}, 120_000)
afterAll(async () => {
  await stage?.close()
}, 60_000)

/** What of the product's answer about a recording matters here. */
async function held(recording: string) {
  const { recording: found, segments } = await office.api.call('GET /recordings/:id', { params: { id: recording } })
  return {
    found,
    segments,
    kinds: segments.map(({ kind }) => kind),
    sequences: segments.map(({ sequence }) => sequence),
  }
}

async function recordingOf(device: string, index: number): Promise<string> {
  const newestFirst = (): Promise<readonly { readonly id: string; readonly startedAt: number }[]> =>
    office.api.call('GET /recordings', { query: { device } }).then(({ recordings }) => recordings)
  await expect.poll(async () => (await newestFirst()).length, { timeout: soonMs }).toBeGreaterThan(index)
  return [...(await newestFirst())].sort((a, b) => a.startedAt - b.startedAt)[index]?.id ?? ''
}

test.each(['closed', 'crashed'] as const)(
  'a tab %s in mid-recording loses nothing',
  { timeout: 240_000 },
  async (how) => {
    const { context, page } = await openPhone(stage)
    const enrolment = await office.api.call('POST /devices/enrolments', { body: { kind: 'phone' } })
    await page.goto(enrolment.url)
    await page.getByRole('heading', { name: 'Inscrito' }).waitFor()
    const { device } = await office.api.call('GET /devices/enrolments/:id', { params: { id: enrolment.id } })
    const { officers } = await office.api.call('GET /officers', {})
    const id = device ?? ''
    const { pin } = await office.api.call('POST /devices/:id/issue', {
      params: { id },
      body: { officer: officers.at(how === 'closed' ? 0 : 1)?.id ?? '' },
    })
    await startShift(page, pin)
    await record(page)
    const first = await recordingOf(id, 0)
    await expect.poll(async () => (await held(first)).kinds.length, { timeout: soonMs }).toBeGreaterThan(3)
    const before = await held(first)

    if (how === 'closed') {
      await page.close()
    } else {
      const session = await context.newCDPSession(page)
      // the answer never comes: its sender is gone
      void session.send('Page.crash').catch(() => undefined)
      await page.waitForEvent('crash')
      await page.close()
    }
    const again = await context.newPage()
    await again.goto(`${stage.product.url}/bodycam/`)
    // it goes on by itself: that is what the officer believes it does
    await again.getByRole('heading', { name: 'Grabando' }).waitFor()
    await photograph(again, `tab-${how}-resumed`)
    const second = await recordingOf(id, 1)
    await expect.poll(async () => (await held(second)).kinds.length, { timeout: soonMs }).toBeGreaterThan(2)
    await stopRecording(again)
    await again.getByRole('button', { name: 'Después, en la base' }).click()
    await allSafe(again, 90_000)

    for (const recording of [first, second]) {
      expect(await sealed(office, recording, Date.now() + 60_000, Date.now)).toBe(true)
      const { found, sequences } = await held(recording)
      expect(found).toMatchObject({ missing: 0, unterminated: false, incomplete: false, quarantined: false })
      // every number once, in one row
      expect(sequences).toEqual([...sequences.keys()])
    }
    const after = await held(first)
    const lost = before.segments.filter(
      ({ sha256 }) => sha256 !== null && !after.segments.some((one) => one.sha256 === sha256),
    )
    expect(lost).toEqual([])

    // what was signed, as anybody can read it: the end said afterwards by the phone itself, and no number twice
    const folder = join(stage.product.data, how)
    const signed = await Promise.all(
      [first, second].map(async (recording) => statementsOf(await exportPackage(custodian, recording, folder))),
    )
    expect(signed.map((statements) => statements.at(-1))).toMatchObject([
      { kind: 'stop', body: { reason: 'recovered' } },
      { kind: 'stop', body: { reason: 'officer' } },
    ])
    const counters = signed.flat().map(({ body }) => body.counter)
    expect(counters).toEqual(counters.map((_, index) => (counters[0] ?? 0) + index))
    await context.close()
  },
)

test('the ledger and the store agree afterwards', { timeout: 120_000 }, async () => {
  const checked = await command(['check', '--data', stage.product.data])
  expect([checked.exitCode, checked.output]).toEqual([0, expect.not.stringMatching(/equivocation/i)])
})
