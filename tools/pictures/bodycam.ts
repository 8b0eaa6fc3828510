import type { Page } from 'playwright-core'
import { es } from '../../apps/bodycam/src/text.es.ts'
import { hold, openPhone, record, startShift, stopRecording } from '../../tests/e2e/officer-phone.ts'
import { officeOf } from '../../tests/e2e/simulated-phone.ts'
import { freshLink, type Stage, signInAs } from '../../tests/e2e/stage.ts'
import { keep, settle } from './album.ts'

/** The officer's phone through a shift: each state a finger, the network or the control centre can bring about. */
export async function photographBodycam(stage: Stage): Promise<void> {
  const office = await officeOf(stage.product.url, await freshLink(stage, 'administrator'))
  const { context, page } = await openPhone(stage)
  const heading = (word: string): Promise<void> => page.getByRole('heading', { name: word }).first().waitFor()
  await page.goto(`${stage.product.url}/bodycam/`)
  await heading(es.enrol.word)
  await takePhone(page, 'bodycam-1-enrol')
  const enrolment = await office.api.call('POST /devices/enrolments', { body: { code: 'BC-FOTO', kind: 'phone' } })
  await page.goto(enrolment.url)
  await heading(es.waiting.word)
  await takePhone(page, 'bodycam-2-waiting')
  const { device } = await office.api.call('GET /devices/enrolments/:id', { params: { id: enrolment.id } })
  const officer = await office.api.call('POST /officers', { body: { code: 'S-41', name: 'Carmen Salas Quiñones' } })
  const { pin } = await office.api.call('POST /devices/:id/issue', {
    params: { id: device ?? '' },
    body: { officer: officer.id },
  })
  await page.getByRole('button', { name: es.check.looksGood, exact: true }).waitFor()
  await settle(page, 3000)
  await takePhone(page, 'bodycam-3-check')
  await startShift(page, pin, es, () => takePhone(page, 'bodycam-4-pin'))
  await settle(page, 6000)
  await takePhone(page, 'bodycam-5-ready')
  await record(page)
  await settle(page, 9000)
  await takePhone(page, 'bodycam-6-recording')
  await page.getByRole('button', { name: es.deck.mark }).click()
  await page.getByText(es.recording.markWhat).waitFor()
  await takePhone(page, 'bodycam-7-mark')
  const operator = await signInAs(stage, 'operator', await freshLink(stage, 'operator'))
  await operator.page.goto(`${stage.product.url}/?unit=${device}&watch=true`)
  await operator.page.getByRole('button', { name: /^Abrir video/ }).click()
  await page.getByText(es.watch.one).first().waitFor()
  await settle(page, 6000)
  await takePhone(page, 'bodycam-8-watched')
  await operator.context.close()
  await context.setOffline(true)
  await page.getByText(es.offline.title).waitFor()
  await settle(page, 6000)
  await takePhone(page, 'bodycam-9-offline')
  await context.setOffline(false)
  await page.getByText(es.offline.title).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: es.deck.dim }).click()
  await page.getByText(es.dimmed.foot).waitFor()
  await takePhone(page, 'bodycam-10-dimmed', ['night'])
  await page.locator('main').dblclick({ position: { x: 200, y: 300 } })
  await stopRecording(page)
  await takePhone(page, 'bodycam-11-end')
  await page.getByRole('radio', { name: es.end.category.assistance }).check()
  await page.getByRole('button', { name: es.end.done }).click()
  await page.getByRole('button', { name: es.deck.shift }).click()
  await heading(es.shift.word)
  await takePhone(page, 'bodycam-12-shift')
  await page.getByRole('button', { name: es.shift.finish }).click()
  await page.getByRole('progressbar').waitFor()
  await takePhone(page, 'bodycam-13-upload')
  await page.getByRole('button', { name: es.upload.back, exact: true }).click()
  await heading(es.ready.word)
  await hold(page, new RegExp(`^${es.deck.sos}`), () => page.getByText(es.sos.sentNote).waitFor())
  await settle(page)
  await takePhone(page, 'bodycam-14-sos')
  const desk = await officeOf(stage.product.url, await freshLink(stage, 'operator'))
  const { alarms } = await desk.api.call('GET /alarms', { query: {} })
  const call = alarms.find((alarm) => alarm.device === device && alarm.closedAt === null)
  await desk.api.call('POST /alarms/:id/acknowledge', { params: { id: call?.id ?? '' } })
  await page.getByText(es.sos.seen).first().waitFor()
  await takePhone(page, 'bodycam-15-sos-seen')
  await context.close()
}

async function takePhone(page: Page, name: string, by: readonly ('day' | 'night')[] = ['day', 'night']): Promise<void> {
  for (const theme of by) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)
    await settle(page, 400)
    await keep(page, `${name}-${theme}`)
  }
}
