import { completenessEs } from '../../apps/control-room/src/features/completeness/text.es.ts'
import { intakeEs } from '../../apps/control-room/src/features/intake/text.es.ts'
import { ledgerEs } from '../../apps/control-room/src/features/ledger/text.es.ts'
import { oversightEs } from '../../apps/control-room/src/features/oversight/text.es.ts'
import { retentionEs } from '../../apps/control-room/src/features/retention/text.es.ts'
import { type Desk, freshLink, type Stage, signInAs } from '../../tests/e2e/stage.ts'
import { settle, speak, take, waitMs } from './album.ts'
import { liveThroughCustody } from './custody-life.ts'

const once = { at: ['laptop', 'phone'], by: ['night'] } as const
const english = { at: ['laptop'], by: ['day'] } as const

/** Everything between the seal and the end of a recording, with the life of the demonstration in it. */
export async function photographCustody(stage: Stage): Promise<void> {
  const custody = await liveThroughCustody(stage)
  const custodian = await desk(stage, 'custodian')
  const administrator = await desk(stage, 'administrator')
  await photographRetention(stage, custodian, custody.recording)
  await photographCompleteness(stage, custodian, administrator)
  await photographOversight(stage)
  await photographIntake(stage, administrator, custodian)
  await photographWitnessing(stage, administrator)
}

const desk = async (stage: Stage, role: string): Promise<Desk> => signInAs(stage, role, await freshLink(stage, role))

async function photographRetention(stage: Stage, { page }: Desk, recording: string): Promise<void> {
  const go = async (search: string): Promise<void> => {
    await page.goto(`${stage.product.url}/retention${search}`)
    await page.locator('main h1').waitFor({ timeout: waitMs })
    await settle(page)
  }
  await go('')
  await page.locator('tbody tr').first().waitFor({ timeout: waitMs })
  await take(page, 'retention')
  await take(page, 'retention', { at: ['wall'], by: ['day'] })
  await go('?view=rules')
  await take(page, 'retention-rules')
  await take(page, 'retention-rules', { at: ['wall'], by: ['night'] })
  await page.getByRole('button', { name: retentionEs.change.title, exact: true }).click()
  await page.getByRole('spinbutton', { name: retentionEs.change.count }).fill('45')
  await page.getByRole('button', { name: retentionEs.change.simulate }).click()
  await page.getByRole('region', { name: retentionEs.simulation.title }).waitFor()
  await take(page, 'retention-change', once)
  await go('?view=holds')
  await take(page, 'retention-holds', once)
  await page.locator('tbody tr button').first().click()
  await settle(page)
  await take(page, 'retention-hold')
  await page.getByRole('button', { name: retentionEs.holds.notify }).click()
  await take(page, 'retention-notice', once)
  await go('?view=batches')
  await take(page, 'retention-batches', once)
  await speak(page, 'en')
  await go('')
  await take(page, 'retention-en', english)
  await go('?view=rules')
  await take(page, 'retention-rules-en', english)
  await speak(page, 'es')
  await page.goto(`${stage.product.url}/recordings/${recording}`)
  await page.getByRole('button', { name: retentionEs.holds.place, exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await take(page, 'retention-place', once)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: retentionEs.recording.freeze }).click()
  await page.getByRole('dialog').waitFor()
  await take(page, 'retention-freeze', once)
}

async function photographCompleteness(stage: Stage, custodian: Desk, administrator: Desk): Promise<void> {
  const open = async ({ page }: Desk): Promise<void> => {
    await page.goto(`${stage.product.url}/completeness`)
    await page.locator('main h2').first().waitFor({ timeout: waitMs })
    await settle(page)
  }
  await open(custodian)
  await take(custodian.page, 'completeness')
  await take(custodian.page, 'completeness', { at: ['wall'], by: ['night'] })
  const explain = custodian.page.getByRole('button', { name: completenessEs.gaps.explain })
  if ((await explain.count()) > 0) {
    await explain.first().click()
    await take(custodian.page, 'completeness-explain', once)
  }
  await speak(custodian.page, 'en')
  await open(custodian)
  await take(custodian.page, 'completeness-en', english)
  await speak(custodian.page, 'es')
  await open(administrator)
  await administrator.page.getByRole('button', { name: completenessEs.counts.add }).click()
  await take(administrator.page, 'completeness-purchase', once)
}

async function photographOversight(stage: Stage): Promise<void> {
  const { page } = await desk(stage, 'data-protection-officer')
  const open = async (search: string): Promise<void> => {
    await page.goto(`${stage.product.url}/oversight${search}`)
    await page.locator('main h2').first().waitFor({ timeout: waitMs })
    await settle(page)
  }
  await open('')
  await take(page, 'oversight')
  await page.getByRole('button', { name: oversightEs.privileges.confirm }).click()
  await take(page, 'oversight-confirm', once)
  await open('?part=views')
  await page.locator('tbody tr').first().waitFor({ timeout: waitMs })
  await take(page, 'oversight-views')
  await take(page, 'oversight-views', { at: ['wall'], by: ['day'] })
  await open('?part=views&who=nadie')
  await take(page, 'oversight-views-none', once)
  await speak(page, 'en')
  await open('')
  await take(page, 'oversight-en', english)
  await open('?part=views')
  await take(page, 'oversight-views-en', english)
  await speak(page, 'es')
}

async function photographIntake(stage: Stage, { page }: Desk, custodian: Desk): Promise<void> {
  const open = async (search: string): Promise<void> => {
    await page.goto(`${stage.product.url}/intake${search}`)
    await page.locator('main h1').waitFor({ timeout: waitMs })
    await settle(page)
  }
  await open('')
  await take(page, 'intake', once)
  await open('?list=sources')
  await take(page, 'intake-sources')
  await page.getByRole('button', { name: intakeEs.match, exact: true }).first().click()
  await page.getByRole('dialog').waitFor()
  await take(page, 'intake-match', once)
  await page.keyboard.press('Escape')
  await open('?list=connections')
  await take(page, 'intake-connections')
  await page.getByRole('button', { name: intakeEs.connect }).click()
  await page.getByRole('dialog').waitFor()
  await take(page, 'intake-connect', once)
  await page.getByRole('dialog').getByRole('textbox').fill('Base Las Flores')
  await page.getByRole('button', { name: intakeEs.makeFile }).click()
  await page.getByText(intakeEs.fileMade).waitFor()
  await take(page, 'intake-connected', once)
  await page.keyboard.press('Escape')
  await open('?list=unreadable')
  await take(page, 'intake-unreadable', once)
  await speak(page, 'en')
  await open('?list=sources')
  await take(page, 'intake-sources-en', english)
  await speak(page, 'es')
  await photographFiles(stage, custodian)
}

/** A recording that came as files: one that plays, one that nobody here can read. */
async function photographFiles(stage: Stage, { page }: Desk): Promise<void> {
  await page.goto(`${stage.product.url}/recordings?text=DOCK-BASE`)
  const rows = page.locator('tbody tr a')
  await rows.first().waitFor({ timeout: waitMs })
  const addresses = await rows.evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href))
  for (const [place, address] of [...new Set(addresses)].slice(0, 2).entries()) {
    await page.goto(address)
    await page.locator('[data-region=file]').waitFor({ timeout: waitMs })
    const look = page.locator('[data-region=file] button[type=submit]')
    if ((await look.count()) > 0) {
      await look.click()
      await settle(page, 4000)
    }
    await take(page, `recording-files-${place + 1}`, place === 0 ? {} : once)
  }
}

async function photographWitnessing(stage: Stage, { page }: Desk): Promise<void> {
  await page.goto(`${stage.product.url}/ledger`)
  await page.locator('tbody tr').first().waitFor({ timeout: waitMs })
  const dialog = async (button: string, name: string): Promise<void> => {
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('dialog').waitFor()
    await take(page, name, once)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await dialog(ledgerEs.witnessing.add, 'ledger-witness')
  await dialog(ledgerEs.witnessing.addAuthority, 'ledger-authority')
  await speak(page, 'en')
  await page.locator('tbody tr').first().waitFor({ timeout: waitMs })
  await take(page, 'ledger-en', english)
  await speak(page, 'es')
}
