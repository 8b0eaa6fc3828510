/**
 * The HLS media playlist of a look (RFC 8216, with EXT-X-GAP of draft-pantos-hls-rfc8216bis). Pure.
 *
 * Every hole is a segment of its own marked EXT-X-GAP, as long as the hole: the player's clock stays the media's
 * clock and nothing is smoothed over. A stretch whose media time starts again is a discontinuity.
 */
import { type Placed, toleranceMs } from './timeline.ts'

export type PlaylistBox = Placed & {
  /** Wall clock (server's) at the start of the box, epoch ms; null where nothing was captured. */
  readonly startsAt: number | null
}

/** What a look opens has ended: a recording that is being made is watched live, not looked at. */
export function renderPlaylist(boxes: readonly PlaylistBox[]): string {
  const longestMs = boxes.reduce((longest, box, place) => {
    const startMs = boxes[place + 1]?.startMs ?? box.startMs + box.durationMs
    return Math.max(longest, box.durationMs, startMs - box.startMs)
  }, 1_000)
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1_000)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-MAP:URI="init.mp4"',
  ]
  const shown = boxes.filter((box) => box.durationMs > 0)
  for (const [place, box] of shown.entries()) {
    const next = shown[place + 1]
    const roomMs = next === undefined ? box.durationMs : next.startMs - box.startMs
    // True frame durations leave a few milliseconds between segments; a real hole is shown as one.
    const abuts = roomMs - box.durationMs <= toleranceMs
    lines.push(...linesOf(box, abuts ? roomMs : box.durationMs))
    if (!abuts) {
      lines.push('#EXT-X-GAP', lengthOf(roomMs - box.durationMs), 'hole.m4s')
    }
  }
  lines.push('#EXT-X-ENDLIST')
  return `${lines.join('\n')}\n`
}

function linesOf(box: PlaylistBox, lengthMs: number): string[] {
  return [
    ...(box.restarts ? ['#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="init.mp4"'] : []),
    ...(box.kind === 'media' ? [] : ['#EXT-X-GAP']),
    ...(box.startsAt === null ? [] : [`#EXT-X-PROGRAM-DATE-TIME:${new Date(box.startsAt).toISOString()}`]),
    lengthOf(lengthMs),
    `${box.sequence}.m4s`,
  ]
}

function lengthOf(ms: number): string {
  return `#EXTINF:${(ms / 1_000).toFixed(3)},`
}
