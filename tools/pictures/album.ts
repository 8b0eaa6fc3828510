import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { phone } from '../../tests/browser.ts'
import { root } from '../run.ts'

/** SERENO_PICTURES=folder: elsewhere, to look at them before they replace the old ones. */
const folder = process.env.SERENO_PICTURES ?? join(root, 'docs/pictures')
const sizes = {
  // the smallest screen that a control room has to serve
  laptop: { viewport: { width: 1366, height: 768 }, suffix: '' },
  phone: { viewport: phone.viewport ?? { width: 390, height: 844 }, suffix: '-phone' },
  wall: { viewport: { width: 2560, height: 1440 }, suffix: '-wall' },
} as const
type Size = keyof typeof sizes
type Theme = 'night' | 'day'
/** Longest wait for what a picture is to show: software drawing on busy cores. */
export const waitMs = 60_000

/** The album begins empty: a picture of a screen that no longer exists is worse than none. */
export async function emptyAlbum(): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) {
    if (name.endsWith('.png')) {
      await rm(join(folder, name))
    }
  }
}

export async function keep(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, timeout: waitMs })
  await reduce(path)
  console.log(name)
}

const reducing =
  'split[whole][sample];[sample]palettegen=max_colors=256:reserve_transparent=0[palette];[whole][palette]paletteuse=dither=none'

/** A palette of 256 colours: a third of the size, and the repository carries them for ever. Without ffmpeg as it is. */
async function reduce(path: string): Promise<void> {
  const small = `${path}.part`
  try {
    await promisify(execFile)('ffmpeg', [
      '-y',
      '-v',
      'error',
      '-i',
      path,
      '-vf',
      reducing,
      '-f',
      'image2',
      '-c:v',
      'png',
      small,
    ])
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return
    }
    throw error
  }
  await rename(small, path)
}

/** The page as it stands, by night and by day, at the asked sizes; afterwards it is as it was. */
export async function take(
  page: Page,
  name: string,
  {
    at = ['laptop', 'phone'],
    by = ['night', 'day'],
  }: { readonly at?: readonly Size[]; readonly by?: readonly Theme[] } = {},
): Promise<void> {
  for (const theme of by) {
    await turnTo(page, theme)
    for (const size of at) {
      await page.setViewportSize(sizes[size].viewport)
      await settle(page)
      await keep(page, `${name}-${theme}${sizes[size].suffix}`)
    }
  }
  await page.setViewportSize(sizes.laptop.viewport)
  await turnTo(page, 'night')
}

/** By the key where the page hears it, so that the map turns too; in a field or a dialog by the attribute alone. */
async function turnTo(page: Page, theme: Theme): Promise<void> {
  const now = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme')
  const typing = await page.evaluate("document.activeElement?.matches('input, textarea, [role=combobox]') === true")
  if ((await now()) !== theme && typing !== true) {
    await page.keyboard.press('t')
  }
  if ((await now()) !== theme) {
    await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`)
  }
}

/** Fonts are there, and the map has drawn what the new size shows. */
export async function settle(page: Page, forMs = 1500): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => true)')
  await page.waitForTimeout(forMs)
}

/** The page in a language, from now on. */
export async function speak(page: Page, language: 'es' | 'en'): Promise<void> {
  await page.evaluate(`localStorage.setItem('sereno.language', '${language}')`)
  await page.reload()
}
