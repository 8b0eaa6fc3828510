import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openInstallation, readSettings, WrongSettings } from './config.ts'
import { consoleText } from './console-text.ts'
import { temporaryFolder } from './test-kit/index.ts'

test('settings: defaults, and sentences for what makes no sense', () => {
  expect(readSettings([])).toMatchObject({ port: 8420, host: '127.0.0.1', lan: false, quiet: false, simulator: true })
  expect(readSettings(['--lan', '--port', '0'])).toMatchObject({ host: '0.0.0.0', lan: true, port: 0 })
  for (const args of [['--port', 'x'], ['--port', '70000'], ['--tls-cert', 'a'], ['--origin', 'nowhere'], ['--what']]) {
    expect(() => readSettings(args)).toThrow(WrongSettings)
  }
})

test('settings: the network is served encrypted or not at all, and gets no links of the demonstration unasked', () => {
  expect(() => readSettings(['--host', '0.0.0.0'])).toThrow('without encryption')
  expect(readSettings(['--host', '::1']).demonstrationLinks).toBe(true)
  for (const args of [
    ['--lan'],
    ['--host', '192.168.1.4', '--proxy'],
    ['--host', '::', '--tls-cert', 'a', '--tls-key', 'b'],
  ]) {
    expect(readSettings(args).demonstrationLinks).toBe(false)
    expect(readSettings([...args, '--demo-lan']).demonstrationLinks).toBe(true)
  }
})

test('settings: hosts of the map are origins, separated by commas', () => {
  expect(readSettings([]).mapHosts).toEqual([])
  expect(readSettings(['--map-hosts', 'https://tiles.example.pe, http://10.0.0.5:8080/']).mapHosts).toEqual([
    'https://tiles.example.pe',
    'http://10.0.0.5:8080',
  ])
  for (const text of ['tiles.example.pe', 'https://tiles.example.pe/v1', 'data:,x', '']) {
    expect(() => readSettings(['--map-hosts', text])).toThrow('--map-hosts takes addresses')
  }
})

test('a folder decides once what it is', () => {
  const folder = temporaryFolder('config')
  expect(() => openInstallation(folder, null)).toThrow('no installation')
  const made = openInstallation(folder, { empty: false, nowMs: 1 })
  expect(made.demonstration).toBe(true)
  expect(openInstallation(folder, { empty: false, nowMs: 2 })).toEqual(made)
  expect(() => openInstallation(folder, { empty: true, nowMs: 2 })).toThrow('holds the demonstration')
  const file = path.join(folder, 'installation.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'))
  expect(() => openInstallation(folder, null)).toThrow('newer version')
})

test('the terminal speaks Spanish unless it is set to English', () => {
  expect(consoleText({ LANG: 'C.UTF-8' }).stopping).toBe('Deteniendo…')
  expect(consoleText({ LANG: 'en_US.UTF-8' }).stopping).toBe('Stopping…')
  expect(consoleText({ LANG: 'en_US.UTF-8', LC_ALL: 'es_PE.UTF-8' }).stopping).toBe('Deteniendo…')
})
