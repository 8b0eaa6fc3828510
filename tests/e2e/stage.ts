import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { laptop, listenForErrors, openBrowser } from '../browser.ts'
import { command, type Product, startProduct, temporaryData } from '../product.ts'

/** One product and one browser for a file of journeys. */
export type Stage = {
  readonly product: Product
  readonly browser: Browser
  readonly close: () => Promise<void>
}

/** A person at a desk of the control room, in a browser session of their own. */
export type Desk = {
  readonly context: BrowserContext
  readonly page: Page
  /** What the page threw or logged as an error. */
  readonly errors: readonly string[]
}

/** Longest wait for anything that should happen at once, on two busy cores. */
export const soonMs = 30_000

/** Starts the product as a person does and a Chromium beside it; both end with the test, also when this fails. */
export async function openStage(
  args: readonly string[] = ['--no-simulator'],
  browserArgs: readonly string[] = [],
): Promise<Stage> {
  const data = await temporaryData()
  let product: Product | null = null
  let browser: Browser | null = null
  const close = async (): Promise<void> => {
    await browser?.close()
    await product?.interrupt()
    await data.remove()
  }
  try {
    product = await startProduct({ data: data.folder, args })
    browser = await openBrowser(browserArgs)
    return { product, browser, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens a one-time link and presses the one button on it. */
export async function signInAs(stage: Stage, role: string, link = stage.product.links[role] ?? ''): Promise<Desk> {
  const context = await stage.browser.newContext(laptop)
  context.setDefaultTimeout(soonMs)
  const page = await context.newPage()
  const errors = listenForErrors(page)
  await page.goto(link)
  await page.getByRole('button', { name: 'Entrar con este enlace' }).click()
  await page.getByRole('navigation', { name: 'Secciones' }).waitFor()
  return { context, page, errors }
}

/** Another one-time link for a role, as somebody at the machine asks for it. */
export async function freshLink(stage: Stage, role: string): Promise<string> {
  const { output } = await command(['link', role, '--data', stage.product.data])
  const link = /https?:\S+/.exec(output)?.[0]
  if (link === undefined) {
    throw new Error(`no link for ${role}: ${output}`)
  }
  return link
}

/** Calls the server with the session of a desk, as its page would; answers status and refusal code. */
export async function ask(
  desk: Desk,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  address: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly code: string | null; readonly json: unknown }> {
  const { origin } = new URL(desk.page.url())
  const answer = await desk.context.request.fetch(`${origin}${address}`, {
    method,
    headers: { origin },
    ...(body === undefined ? {} : { data: body }),
  })
  const json: unknown = await answer.json().catch(() => null)
  return { status: answer.status(), code: codeOf(json), json }
}

function codeOf(json: unknown): string | null {
  return typeof json === 'object' && json !== null && 'code' in json ? String(json.code) : null
}

/** A picture of the page for whoever looks into a failure: only with SERENO_SHOTS=folder. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.SERENO_SHOTS
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true })
    // a picture that does not come in time is no failure of the product
    await page.screenshot({ path: join(folder, `${name}.png`), timeout: 10_000 }).catch(() => undefined)
  }
}
