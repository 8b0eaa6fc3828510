import { type Box, childrenOf, hexAt, textAt, u32, within } from './mp4-boxes.ts'

/** Device, place and time as Apple, GoPro and most others write them. */
export function tagsOf(bytes: Uint8Array, boxes: readonly Box[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  const put = (name: string, value: string): void => {
    const clean = value.replaceAll('\0', '').trim().slice(0, 128)
    if (clean !== '' && !tags.has(name)) {
      tags.set(name, clean)
    }
  }
  const user = boxes.find(({ type }) => type === 'udta')
  const classic: Readonly<Record<string, string>> = {
    '©xyz': 'place',
    '©mak': 'maker',
    '©mod': 'model',
    '©day': 'date',
  }
  for (const box of user === undefined ? [] : childrenOf(bytes, user.start, user.end)) {
    const name = classic[box.type]
    if (name !== undefined && box.end - box.start > 4) {
      // u16 length, u16 language, text
      put(name, textAt(bytes, box.start + 4, Math.min(box.end - box.start - 4, bytes[box.start + 1] ?? 0)))
    } else if (box.type === 'loci') {
      put('place', lociOf(bytes, box))
    } else if (box.type === 'CAME') {
      put('serial', hexAt(bytes, box.start, Math.min(16, box.end - box.start)))
    }
  }
  for (const meta of boxes.filter(({ type }) => type === 'meta')) {
    appleKeys(bytes, meta, put)
  }
  return tags
}

/** 3GPP TS 26.244 §8.2: version and language, a name that ends in zero, role, then longitude and latitude as 16.16. */
function lociOf(bytes: Uint8Array, { start, end }: Box): string {
  const nameEnd = bytes.indexOf(0, start + 6)
  if (nameEnd < 0 || nameEnd + 10 > end) {
    return ''
  }
  const degrees = (at: number, digits: number): string => {
    const value = (u32(bytes, at) | 0) / 65_536
    return `${value < 0 ? '-' : '+'}${Math.abs(value)
      .toFixed(5)
      .padStart(digits + 6, '0')}`
  }
  return `${degrees(nameEnd + 6, 2)}${degrees(nameEnd + 2, 3)}/`
}

const appleNames: Readonly<Record<string, string>> = {
  'com.apple.quicktime.location.ISO6709': 'place',
  'com.apple.quicktime.make': 'maker',
  'com.apple.quicktime.model': 'model',
  'com.apple.quicktime.creationdate': 'date',
  'com.android.manufacturer': 'maker',
  'com.android.model': 'model',
}

function appleKeys(bytes: Uint8Array, meta: Box, put: (name: string, value: string) => void): void {
  const keys = within(bytes, meta, 'keys')
  const list = within(bytes, meta, 'ilst')
  if (keys === undefined || list === undefined) {
    return
  }
  const names = childrenOf(bytes, keys.start + 8, keys.end).map(({ start, end }) => textAt(bytes, start, end - start))
  for (const item of childrenOf(bytes, list.start, list.end)) {
    const index = u32(bytes, item.start - 4)
    const name = appleNames[names[index - 1] ?? '']
    const data = within(bytes, item, 'data')
    if (name !== undefined && data !== undefined && data.end - data.start > 8) {
      put(name, textAt(bytes, data.start + 8, Math.min(256, data.end - data.start - 8)))
    }
  }
}
