import { type Box, boxesOf, childrenOf, findBox, MediaError, needBox, viewOf } from './box.ts'

/**
 * A copy of a media segment at another place on the time line: rewrites each track's `tfdt` (and `sidx`, which speaks
 * in ticks of its own track) and nothing else. For making segments; never for bytes that are evidence already (I-2).
 * Throws MediaError when a track has no new time, or when a time does not fit its box.
 */
export function retimeSegment(
  bytes: Uint8Array,
  /** New decode time in ticks, by track id. */
  newDecodeTimes: ReadonlyMap<number, number>,
): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  const boxes = boxesOf(copy)
  const moof = needBox(copy, boxes, 'moof')
  for (const traf of childrenOf(copy, moof).filter((box) => box.type === 'traf')) {
    const children = childrenOf(copy, traf)
    const trackId = viewOf(copy).getUint32(needBox(copy, children, 'tfhd').content + 4)
    write(copy, needBox(copy, children, 'tfdt'), 4, timeOf(newDecodeTimes, trackId))
  }
  const sidx = findBox(copy, boxes, 'sidx')
  if (sidx !== undefined) {
    write(copy, sidx, 12, timeOf(newDecodeTimes, viewOf(copy).getUint32(sidx.content + 4)))
  }
  return copy
}

function timeOf(times: ReadonlyMap<number, number>, trackId: number): number {
  const time = times.get(trackId)
  if (time === undefined || !Number.isSafeInteger(time) || time < 0) {
    throw new MediaError(`no new time for track ${trackId}`)
  }
  return time
}

function write(bytes: Uint8Array, box: Box, offset: number, ticks: number): void {
  const view = viewOf(bytes)
  if (bytes[box.content] === 1) {
    view.setBigUint64(box.content + offset, BigInt(ticks))
  } else if (ticks <= 0xffffffff) {
    view.setUint32(box.content + offset, ticks)
  } else {
    throw new MediaError('the time does not fit a short box')
  }
}
