/**
 * `npm run screenshots`: starts the demonstration, lets it live for a minute, and photographs every screen in night and
 * day, at laptop and phone size, into docs/pictures. What people see in the README is the product, not a drawing.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { laptop, openBrowser, phone } from '../tests/browser.ts'
import { type Product, startProduct, temporaryData } from '../tests/product.ts'
import { root } from './run.ts'

const folder = join(root, 'docs/pictures')
const sizes: Readonly<Record<string, BrowserContextOptions>> = { laptop, phone: { ...phone, permissions: [] } }
const themes = ['night', 'day'] as const

type Shot = { readonly name: string; readonly path: string; readonly ready: (page: Page) => Promise<unknown> }

const shots: readonly Shot[] = [
  { name: 'control-room', path: '/', ready: (page) => page.locator('canvas').first().waitFor() },
  { name: 'recordings', path: '/recordings', ready: (page) => page.locator('tbody tr').first().waitFor() },
  { name: 'fleet', path: '/fleet', ready: (page) => page.locator('tbody tr').first().waitFor() },
  { name: 'people', path: '/people', ready: (page) => page.locator('tbody tr').first().waitFor() },
  { name: 'ledger', path: '/ledger', ready: (page) => page.locator('tbody tr').first().waitFor() },
  { name: 'settings', path: '/settings', ready: (page) => page.locator('h1').first().waitFor() },
  { name: 'verify', path: '/verify', ready: (page) => page.locator('h1').first().waitFor() },
]
/** Who may see which screen. */
const roleOf = (name: string): string =>
  name === 'fleet' || name === 'people' ? 'administrator' : name === 'recordings' ? 'custodian' : 'operator'

async function settle(page: Page): Promise<void> {
  // Fonts first, then a moment for the map, which draws after its data has come.
  await page.evaluate('document.fonts.ready.then(() => true)')
  await page.waitForTimeout(2500)
}

async function photograph(browser: Browser, product: Product): Promise<void> {
  const signedIn = new Map<string, Awaited<ReturnType<typeof signIn>>>()
  for (const shot of shots) {
    const role = roleOf(shot.name)
    signedIn.set(role, signedIn.get(role) ?? (await signIn(browser, product, role)))
    for (const [size, options] of Object.entries(sizes)) {
      for (const theme of themes) {
        const state = signedIn.get(role)
        const context = await browser.newContext({
          ...options,
          ...(state ? { storageState: state } : {}),
          colorScheme: theme === 'night' ? 'dark' : 'light',
        })
        const page = await context.newPage()
        await page.goto(`${product.url}${shot.path}?theme=${theme}`)
        await shot.ready(page)
        await settle(page)
        await page.screenshot({ path: join(folder, `${shot.name}-${theme}${size === 'laptop' ? '' : `-${size}`}.png`) })
        await context.close()
        console.log(`${shot.name} ${theme} ${size}`)
      }
    }
  }
}

async function signIn(browser: Browser, product: Product, role: string) {
  const context = await browser.newContext(laptop)
  const page = await context.newPage()
  await page.goto(product.links[role] ?? '')
  await page.waitForResponse(
    (response) => response.url().endsWith('/api/me') || response.url().endsWith('/api/session/link'),
  )
  await settle(page)
  const state = await context.storageState()
  await context.close()
  return state
}

const data = await temporaryData()
await mkdir(folder, { recursive: true })
const product = await startProduct({ data: data.folder, args: [] })
const browser = await openBrowser()
try {
  console.log('the demonstration lives for 70 s …')
  await new Promise((resolve) => setTimeout(resolve, 70_000))
  await photograph(browser, product)
} finally {
  await browser.close()
  await product.interrupt()
  await data.remove()
}
