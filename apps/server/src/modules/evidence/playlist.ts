/**
 * The HLS media playlist of a look (RFC 8216, with EXT-X-GAP of draft-pantos-hls-rfc8216bis). Pure.
 *
 * Every hole is a segment of its own marked EXT-X-GAP, as long as the hole: the player's clock stays the media's
 * clock and nothing is smoothed over. A stretch whose media time starts again is a discontinuity.
 */
import type { Placed } from './timeline.ts'

export type PlaylistBox = Placed & {
  /** Wall clock (server's) at the start of the box, epoch ms; null where nothing was captured. */
  readonly startsAt: number | null
}

/** `ended` is false while segments may still arrive: the player then asks again. */
export function renderPlaylist(boxes: readonly PlaylistBox[], ended: boolean): string {
  const seconds = boxes.reduce((longest, box) => Math.max(longest, box.durationMs), 1_000) / 1_000
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    `#EXT-X-TARGETDURATION:${Math.ceil(seconds)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-MAP:URI="init.mp4"',
  ]
  for (const box of boxes) {
    if (box.durationMs <= 0) {
      continue
    }
    if (box.restarts) {
      lines.push('#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.mp4"')
    }
    if (box.kind !== 'media') {
      lines.push('#EXT-X-GAP')
    }
    if (box.startsAt !== null) {
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(box.startsAt).toISOString()}`)
    }
    lines.push(`#EXTINF:${(box.durationMs / 1_000).toFixed(3)},`, `${box.sequence}.m4s`)
  }
  if (ended) {
    lines.push('#EXT-X-ENDLIST')
  }
  return `${lines.join('\n')}\n`
}
