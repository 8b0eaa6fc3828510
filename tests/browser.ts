import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ?? ''

/** What draws WebGL and the page where there is no graphics card: software WebGL for the map, or nothing but the CPU. */
const graphics = {
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  none: ['--disable-gpu', '--disable-software-rasterizer'],
} as const

/** The machine's own Chromium, with a fake camera and microphone. */
export function openBrowser(extra: readonly string[] = [], drawnBy: keyof typeof graphics = 'webgl'): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...graphics[drawnBy],
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      ...extra,
    ],
  })
}

export const laptop: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 },
  locale: 'es-PE',
  timezoneId: 'America/Lima',
}
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'es-PE',
  timezoneId: 'America/Lima',
  hasTouch: true,
  isMobile: true,
  geolocation: { latitude: -12.139, longitude: -76.991, accuracy: 5 },
  permissions: ['camera', 'microphone', 'geolocation'],
}

/** What the page threw or logged as an error: a journey ends with none. */
export function listenForErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) {
      errors.push(message.text())
    }
  })
  return errors
}
