import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Config } from './kernel/config.ts'

export const repositoryFolder: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Every setting of `npm start`, one line each. The text is what `--help` prints. */
const table = {
  data: { type: 'string', takes: 'FOLDER', help: 'data folder (default: data/ in this repository)' },
  port: { type: 'string', takes: 'N', help: 'port (default: 8420; 0 takes a free one)' },
  host: { type: 'string', takes: 'ADDRESS', help: 'address to listen on (default: this machine only)' },
  origin: { type: 'string', takes: 'URL', help: 'web address people use, when a proxy stands in front' },
  proxy: { type: 'boolean', help: 'believe x-forwarded-* of a proxy on this machine' },
  'tls-cert': { type: 'string', takes: 'FILE', help: 'certificate chain (PEM): serve HTTPS' },
  'tls-key': { type: 'string', takes: 'FILE', help: 'its key (PEM)' },
  lan: { type: 'boolean', help: 'serve the local network over HTTPS with a certificate of its own' },
  'demo-lan': {
    type: 'boolean',
    help: 'where the network reaches it: print sign-in links of the demonstration all the same',
  },
  empty: { type: 'boolean', help: 'a real installation instead of the demonstration' },
  'no-simulator': { type: 'boolean', help: 'demonstration without simulated phones' },
  'map-style': { type: 'string', takes: 'URL', help: 'MapLibre style to use instead of the offline one' },
  'map-hosts': {
    type: 'string',
    takes: 'URL,URL',
    help: "other hosts that the style's tiles, letters and icons come from",
  },
  'map-pmtiles': { type: 'string', takes: 'FILE', help: 'own PMTiles file for the map' },
  'key-passphrase-file': {
    type: 'string',
    takes: 'FILE',
    help: 'passphrase of the locked keys (or SERENO_KEY_PASSPHRASE)',
  },
  'footage-s3': {
    type: 'string',
    takes: 'URL',
    help: 'keep footage in this bucket (SERENO_S3_ACCESS_KEY, SERENO_S3_SECRET_KEY); what is in files moves there',
  },
  'footage-lock-days': {
    type: 'string',
    takes: 'N',
    help: 'days for which the bucket itself refuses to remove (Object Lock)',
  },
  migrate: { type: 'boolean', help: 'change an older database without asking (after a backup)' },
  quiet: { type: 'boolean', help: 'print one JSON line {"url","links"} when ready' },
  help: { type: 'boolean', help: 'this list' },
} as const

export const usage: string = `npm start -- [settings]\n\n${Object.entries(table)
  .map(
    ([name, setting]) => `  ${`--${name}${'takes' in setting ? ` ${setting.takes}` : ''}`.padEnd(24)}${setting.help}`,
  )
  .join('\n')}`

/** What the command line and the environment say about the store of footage. */
export type WantedStorage = {
  /** `https://host[:port]/bucket`, or null for what the folder remembers (files at first). */
  readonly s3: string | null
  readonly lockDays: number
}

export type Settings = {
  readonly dataFolder: string
  readonly port: number
  readonly host: string
  readonly origin: string | null
  readonly proxy: boolean
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  readonly lan: boolean
  /** Whether the demonstration's sign-in links are printed: not where the network reaches it, unless told. */
  readonly demonstrationLinks: boolean
  readonly empty: boolean
  readonly simulator: boolean
  readonly mapStyle: string | null
  /** Origins that pages may ask for the map, besides the style's own. */
  readonly mapHosts: readonly string[]
  readonly mapPmtiles: string | null
  readonly storage: WantedStorage
  readonly keyPassphraseFile: string | null
  readonly migrate: boolean
  readonly quiet: boolean
  readonly help: boolean
}

/** A setting makes no sense. The message is a sentence for the person at the terminal. */
export class WrongSettings extends Error {}

export const defaultPort = 8420

export function readSettings(args: readonly string[]): Settings {
  const values = parse(args)
  const port = Number(values.port ?? defaultPort)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new WrongSettings(`--port takes a number from 0 to 65535, not "${values.port}".`)
  }
  const certFile = values['tls-cert']
  const keyFile = values['tls-key']
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new WrongSettings('--tls-cert and --tls-key go together.')
  }
  if (values.origin !== undefined && (!URL.canParse(values.origin) || new URL(values.origin).pathname !== '/')) {
    throw new WrongSettings('--origin takes an address like https://sereno.example.pe, without a path.')
  }
  const lan = values.lan === true
  const isOpen = values.host !== undefined && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(values.host)
  if (isOpen && !lan && certFile === undefined && values.proxy !== true) {
    throw new WrongSettings(
      `--host ${values.host} would serve the network without encryption. Add --lan, --tls-cert and --tls-key, or --proxy.`,
    )
  }
  return {
    dataFolder: path.resolve(values.data ?? path.join(repositoryFolder, 'data')),
    port,
    host: values.host ?? (lan ? '0.0.0.0' : '127.0.0.1'),
    origin: values.origin === undefined ? null : new URL(values.origin).origin,
    proxy: values.proxy === true,
    tls: certFile === undefined || keyFile === undefined ? null : { certFile, keyFile },
    lan,
    demonstrationLinks: values['demo-lan'] === true || !(lan || isOpen),
    empty: values.empty === true,
    simulator: values['no-simulator'] !== true,
    mapStyle: values['map-style'] ?? null,
    mapHosts: readHosts(values['map-hosts']),
    mapPmtiles: values['map-pmtiles'] ?? null,
    keyPassphraseFile: values['key-passphrase-file'] ?? null,
    storage: { s3: values['footage-s3'] ?? null, lockDays: readDays(values['footage-lock-days']) },
    migrate: values.migrate === true,
    quiet: values.quiet === true,
    help: values.help === true,
  }
}

function readHosts(text: string | undefined): readonly string[] {
  return (text === undefined ? [] : text.split(',')).map((written) => {
    const address = URL.parse(written.trim())
    if (address === null || !/^https?:$/.test(address.protocol) || address.pathname !== '/' || address.search !== '') {
      throw new WrongSettings(
        `--map-hosts takes addresses like https://tiles.example.pe, separated by commas, without a path, not "${written}".`,
      )
    }
    return address.origin
  })
}

function readDays(text: string | undefined): number {
  const days = Number(text ?? 0)
  if (!Number.isInteger(days) || days < 0 || days > 36_500) {
    throw new WrongSettings(`--footage-lock-days takes a number of days, not "${text}".`)
  }
  return days
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: table }).values
  } catch (error) {
    throw new WrongSettings(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

/** What the data folder itself remembers. */
export type Installation = {
  readonly format: 1
  readonly installation: string
  readonly demonstration: boolean
  readonly createdAt: number
}

const installationFile = 'installation.json'

/** Reads the folder's own file, or makes it: the first start decides between demonstration and real installation. */
export function openInstallation(
  dataFolder: string,
  create: { readonly empty: boolean; readonly nowMs: number } | null,
): Installation {
  const file = path.join(dataFolder, installationFile)
  if (existsSync(file)) {
    const installation = JSON.parse(readFileSync(file, 'utf8')) as Installation
    if (installation.format !== 1) {
      throw new WrongSettings(`${file} was written by a newer version of Sereno.`)
    }
    if (create?.empty === true && installation.demonstration) {
      throw new WrongSettings(`${dataFolder} holds the demonstration. Use another folder: --data FOLDER --empty.`)
    }
    return installation
  }
  if (create === null) {
    throw new WrongSettings(`${dataFolder} holds no installation of Sereno.`)
  }
  const installation: Installation = {
    format: 1,
    installation: randomUUID(),
    demonstration: !create.empty,
    createdAt: create.nowMs,
  }
  mkdirSync(dataFolder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(installation, null, 2)}\n`, { flag: 'wx' })
  return installation
}

export const version: string = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(repositoryFolder, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0'
}

/** The kernel's view of settings and installation. The origin is known once the server listens. */
export function makeConfig(
  settings: Pick<Settings, 'dataFolder' | 'lan' | 'tls' | 'origin' | 'mapStyle' | 'mapPmtiles'>,
  installation: Installation,
  listening: () => string,
): Config {
  return {
    dataFolder: settings.dataFolder,
    installation: installation.installation,
    version,
    demonstration: installation.demonstration,
    lan: settings.lan,
    secure: settings.lan || settings.tls !== null || settings.origin?.startsWith('https:') === true,
    origin: () => settings.origin ?? listening(),
    map: {
      styleUrl: settings.mapStyle,
      pmtilesUrl: settings.mapPmtiles === null ? null : '/map.pmtiles',
    },
  }
}
