/** One ISO 14496-12 box: where its content lies in the bytes it was found in. */
export type Box = { readonly type: string; readonly start: number; readonly content: number; readonly end: number }

/** Boxes side by side between two offsets. Throws {@link MediaError} on a size that does not fit. */
export function boxesOf(bytes: Uint8Array, from = 0, to: number = bytes.length): readonly Box[] {
  const view = viewOf(bytes)
  const found: Box[] = []
  for (let start = from; start < to; ) {
    if (to - start < 8) {
      throw new MediaError('a box is cut off')
    }
    const short = view.getUint32(start)
    const wide = short === 1
    if (wide && to - start < 16) {
      throw new MediaError('a box is cut off')
    }
    const size = wide ? Number(view.getBigUint64(start + 8)) : short === 0 ? to - start : short
    const content = start + (wide ? 16 : 8)
    const end = start + size
    if (end > to || end < content) {
      throw new MediaError('a box does not fit')
    }
    found.push({ type: typeAt(bytes, start + 4), start, content, end })
    start = end
  }
  return found
}

export function childrenOf(bytes: Uint8Array, box: Box, skip = 0): readonly Box[] {
  return boxesOf(bytes, box.content + skip, box.end)
}

/** The first box on a path of types below these boxes, or undefined. */
export function findBox(bytes: Uint8Array, boxes: readonly Box[], ...path: readonly string[]): Box | undefined {
  const [type, ...rest] = path
  const box = boxes.find((candidate) => candidate.type === type)
  return box === undefined || rest.length === 0 ? box : findBox(bytes, childrenOf(bytes, box), ...rest)
}

export function needBox(bytes: Uint8Array, boxes: readonly Box[], ...path: readonly string[]): Box {
  const box = findBox(bytes, boxes, ...path)
  if (box === undefined) {
    throw new MediaError(`no ${path.join('/')} box`)
  }
  return box
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function typeAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4))
}

/** The bytes are not the MP4 this product makes. */
export class MediaError extends Error {}
