/**
 * What cameras write into the names of their files, as data: the first pattern that fits tells maker, model, serial and time.
 * Times are the camera's own (its time zone that of the municipality) unless `utc`. To teach another model, add a line.
 */
export type NamePattern = {
  readonly maker: string
  readonly model: string | null
  /** Named groups: y m d H M S, serial, model. */
  readonly pattern: RegExp
  readonly utc?: boolean
}

const day = '(?<y>20\\d\\d)[-_]?(?<m>\\d\\d)[-_]?(?<d>\\d\\d)'
const clock = '(?<H>\\d\\d)[-_.:]?(?<M>\\d\\d)[-_.:]?(?<S>\\d\\d)'

export const namePatterns: readonly NamePattern[] = [
  {
    maker: 'Axon',
    model: null,
    pattern: new RegExp(
      `^AXON[_ ](?<model>.+?)[_ ]Video[_ ]${day}[_ ](?<H>\\d\\d)(?<M>\\d\\d)(?:[_ ](?<serial>X\\w+))?`,
      'i',
    ),
  },
  { maker: 'Axis', model: null, pattern: new RegExp(`^${day}T${clock}Z_(?<serial>[0-9A-F]{12})`, 'i'), utc: true },
  {
    maker: 'Motorola Solutions',
    model: null,
    pattern: new RegExp(`^(?<model>VB\\d{3}|V\\d{3})[-_](?<serial>\\w+)[-_]${day}[-_T]?${clock}`, 'i'),
  },
  { maker: 'Reveal', model: null, pattern: new RegExp(`^(?<serial>[DK]\\w{5,8})[-_]${day}[-_]${clock}`, 'i') },
  {
    maker: 'Hytera',
    model: null,
    pattern: new RegExp(`^(?<model>VM\\d{3}\\w?|SC\\d{3})[-_](?<serial>\\w+)[-_]${day}[-_]?${clock}`, 'i'),
  },
  {
    maker: 'Hikvision',
    model: null,
    pattern: new RegExp(`^(?:DS[-_]?)?(?<model>MH\\w+|DSJ\\w*)[-_](?<serial>\\w+)[-_]${day}[-_]?${clock}`, 'i'),
  },
  {
    maker: 'Dahua',
    model: null,
    pattern: new RegExp(`^(?<model>MPT\\d{3})[-_](?<serial>\\w+)[-_]${day}[-_]?${clock}`, 'i'),
  },
  {
    maker: 'Pro-Vision',
    model: 'BODYCAM',
    pattern: new RegExp(`^(?:PV|BC)(?<serial>\\d{3,8})[-_]${day}[-_]?${clock}`, 'i'),
  },
  {
    maker: 'Transcend',
    model: 'DrivePro Body',
    pattern: /^(?<y>20\d\d)_(?<m>\d\d)(?<d>\d\d)_(?<H>\d\d)(?<M>\d\d)(?<S>\d\d)_\d{3}/,
  },
  { maker: 'DJI', model: null, pattern: new RegExp(`^DJI_${day}${clock}_\\d{4}`, 'i') },
  { maker: 'DJI', model: null, pattern: /^DJI_\d{4}\./i },
  { maker: 'Insta360', model: null, pattern: new RegExp(`^VID_${day}_${clock}_\\d\\d_\\d{3}`, 'i') },
  { maker: 'Google', model: 'Pixel', pattern: new RegExp(`^PXL_${day}_${clock}\\d{3}`, 'i'), utc: true },
  { maker: 'Android', model: null, pattern: new RegExp(`^VID[-_]${day}[-_]${clock}`, 'i') },
  { maker: 'GoPro', model: null, pattern: /^G[HXLOP]\w{2}\d{4}\.(?:MP4|LRV)$/i },
  { maker: 'Boblov', model: null, pattern: new RegExp(`^(?<serial>\\d{6,8})[-_]${day}${clock}`) },
  { maker: '', model: null, pattern: new RegExp(`${day}[-_ T]${clock}`) },
]

export type NamedFile = {
  readonly maker: string | null
  readonly model: string | null
  readonly serial: string | null
  /** As the camera's calendar and clock: `[year, month, day, hour, minute, second]`. */
  readonly local: readonly [number, number, number, number, number, number] | null
  readonly utc: boolean
}

export function readName(name: string): NamedFile | null {
  for (const { maker, model, pattern, utc } of namePatterns) {
    const groups = pattern.exec(name)?.groups
    if (pattern.test(name)) {
      const part = (group: string): number => Number(groups?.[group] ?? 0)
      const [month, dayOfMonth, hour] = [part('m'), part('d'), part('H')]
      const isDate = month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 31 && hour < 24
      return {
        maker: maker === '' ? null : maker,
        model: model ?? groups?.model ?? null,
        serial: groups?.serial ?? null,
        local: isDate ? [part('y'), month, dayOfMonth, hour, part('M'), part('S')] : null,
        utc: utc ?? false,
      }
    }
  }
  return null
}

/** The instant at which clocks in the zone show this; in the hour that comes twice, the first. */
export function instantIn(timeZone: string, local: NonNullable<NamedFile['local']>): number {
  const [y, m, d, H, M, S] = local
  const guess = Date.UTC(y, m - 1, d, H, M, S)
  const shown = new Date(guess).toLocaleString('sv-SE', { timeZone })
  const offset = Date.parse(`${shown.replace(' ', 'T')}Z`) - guess
  return guess - offset
}
