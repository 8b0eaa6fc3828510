import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { silentLog } from './log.ts'
import { buildWebApp, builtApps, isStale, webApps } from './web-build.ts'

test('a build never touches one that is being served; the one used last is served; old ones go', async () => {
  const repository = temporaryFolder('web-build')
  const [app] = webApps(repository)
  if (app === undefined) {
    throw new Error('no application')
  }
  mkdirSync(path.join(app.folder, 'src'), { recursive: true })
  writeFileSync(path.join(app.folder, 'package.json'), '{"type":"module"}')
  writeFileSync(path.join(app.folder, 'vite.config.ts'), 'export default {}')
  // resolved from the application's own folder, as in the repository
  symlinkSync(path.join(import.meta.dirname, '../../../../node_modules'), path.join(repository, 'node_modules'))
  const write = (text: string): void => writeFileSync(path.join(app.folder, 'index.html'), `<p>${text}</p>`)

  expect(builtApps(repository)[0]?.build).toBeNull()
  write('one')
  expect(isStale(app, repository)).toBe(true)
  expect(await buildWebApp(app, repository, silentLog)).toBe(true)
  expect(isStale(app, repository)).toBe(false)
  const first = builtApps(repository)[0]?.build ?? ''

  write('two')
  expect(isStale(app, repository)).toBe(true)
  await buildWebApp(app, repository, silentLog)
  expect(builtApps(repository)[0]?.build).not.toBe(first)
  expect(existsSync(path.join(first, 'index.html'))).toBe(true)

  // going back to sources that have a build needs no build, and serves it
  write('one')
  utimesSync(first, new Date(0), new Date(0))
  expect(isStale(app, repository)).toBe(false)
  expect(builtApps(repository)[0]?.build).toBe(first)

  const dist = path.join(app.folder, 'dist')
  for (let i = 0; i < 8; i += 1) {
    const old = path.join(dist, String(i).repeat(32))
    mkdirSync(old)
    utimesSync(old, new Date(i + 1), new Date(i + 1))
  }
  write('three')
  await buildWebApp(app, repository, silentLog)
  expect(readdirSync(dist)).toHaveLength(6)
  expect(existsSync(first)).toBe(true)
})
