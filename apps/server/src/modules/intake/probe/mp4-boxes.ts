/** Boxes of ISO/IEC 14496-12 §4.2. Reads hostile bytes: every size is checked against what is there, every list has an end. */

export const mostBoxes = 50_000

export type Box = { readonly type: string; readonly start: number; readonly end: number }

/** The box whose header begins at `at` of `bytes`, which lie at `base` of the file; positions are of its content. */
export function boxAt(bytes: Uint8Array, at: number, base: number, limit: number): Box | null {
  if (at + 8 > bytes.length) {
    return null
  }
  const short = u32(bytes, at)
  const type = textAt(bytes, at + 4, 4)
  const isLong = short === 1 && at + 16 <= bytes.length
  const size = isLong ? u32(bytes, at + 8) * 2 ** 32 + u32(bytes, at + 12) : short === 0 ? limit - base - at : short
  const header = isLong ? 16 : 8
  const end = base + at + size
  return size < header || end > limit ? null : { type, start: base + at + header, end }
}

export function childrenOf(bytes: Uint8Array, start: number, end: number): readonly Box[] {
  const boxes: Box[] = []
  for (let at = start; at + 8 <= end && boxes.length < mostBoxes; ) {
    const box = boxAt(bytes, at, 0, end)
    if (box === null) {
      break
    }
    boxes.push(box)
    at = box.end
  }
  return boxes
}

export function within(bytes: Uint8Array, box: Box | undefined, ...path: readonly string[]): Box | undefined {
  return path.reduce<Box | undefined>(
    (parent, type) =>
      parent === undefined
        ? undefined
        : childrenOf(bytes, parent.start, parent.end).find((child) => child.type === type),
    box,
  )
}

export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 2 ** 24 + ((bytes[at + 1] ?? 0) << 16) + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0)
}

export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4)
}

export function textAt(bytes: Uint8Array, at: number, lengthBytes: number): string {
  const slice = bytes.subarray(at, at + lengthBytes)
  return lengthBytes === 4 ? String.fromCharCode(...slice) : new TextDecoder().decode(slice)
}

export function hexAt(bytes: Uint8Array, at: number, lengthBytes: number): string {
  return Buffer.from(bytes.subarray(at, at + lengthBytes)).toString('hex')
}
