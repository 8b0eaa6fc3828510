import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
declare const axe: { run(options: object): Promise<AxeResults> }

/** What axe finds wrong on the page as it stands, one line each; `only` names rules, otherwise all of them. */
export async function violations(page: Page, where: string, only: readonly string[] = []): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) {
    await page.evaluate(`${source};undefined`)
  }
  const options = {
    resultTypes: ['violations'],
    ...(only.length === 0 ? {} : { runOnly: { type: 'rule', values: only } }),
  }
  const found = await page.evaluate((given) => axe.run(given), options)
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  )
}
