import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
declare const axe: { run(context: object, options: object): Promise<AxeResults> }

/** What axe finds wrong on the page as it stands, one line each; `only` names rules, otherwise all of them. */
export async function violations(page: Page, where: string, only: readonly string[] = []): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) {
    await page.evaluate(`${source};undefined`)
  }
  const options = {
    resultTypes: ['violations'],
    ...(only.length === 0 ? {} : { runOnly: { type: 'rule', values: only } }),
  }
  // What a pressed button announced stays for seven seconds in a log that refers to it, also when it is gone by then.
  const found = await page.evaluate((given) => axe.run({ exclude: ['[data-live-announcer]'] }, given), options)
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}
