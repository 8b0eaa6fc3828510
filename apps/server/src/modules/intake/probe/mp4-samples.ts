/** Where the samples of a track lie, and when (ISO/IEC 14496-12 §8.6 to §8.8). */
import { mostPositions, type Reader } from './facts.ts'
import { type Box, u32, u64, within } from './mp4-boxes.ts'

export type Telemetry = { readonly bytes: Uint8Array; readonly offsetMs: number; readonly durationMs: number }
/** What is needed of a track to find its samples. */
export type SampleTrack = { readonly timescale: number; readonly table: Box | undefined }

/** Samples of small tracks (text, telemetry), each with its place in time. */
export async function samplesOf(
  reader: Reader,
  movie: Uint8Array,
  tracks: readonly SampleTrack[],
): Promise<readonly Telemetry[]> {
  const samples: Telemetry[] = []
  let leftBytes = 64 * 1024 * 1024
  for (const track of tracks) {
    for (const { offset, sizeBytes, ticks, duration } of placesOf(movie, track)) {
      leftBytes -= sizeBytes
      if (leftBytes < 0 || samples.length >= mostPositions) {
        return samples
      }
      const bytes = await reader.read(offset, sizeBytes)
      const ms = (value: number): number => Math.round((value * 1000) / Math.max(1, track.timescale))
      samples.push({ bytes, offsetMs: ms(ticks), durationMs: ms(duration) })
    }
  }
  return samples
}

type Place = { readonly offset: number; readonly sizeBytes: number; readonly ticks: number; readonly duration: number }

function placesOf(bytes: Uint8Array, { table }: SampleTrack): readonly Place[] {
  const entries = (type: string, width: number, from = 8): readonly number[] => {
    const box = within(bytes, table, type)
    const count = box === undefined ? 0 : u32(bytes, box.start + from - 4)
    const room = box === undefined ? 0 : Math.floor((box.end - box.start - from) / width)
    return Array.from(
      { length: Math.min(count, room, mostPositions) },
      (_, place) => (box?.start ?? 0) + from + place * width,
    )
  }
  const sizesBox = within(bytes, table, 'stsz')
  const same = sizesBox === undefined ? 0 : u32(bytes, sizesBox.start + 4)
  const count = sizesBox === undefined ? 0 : Math.min(u32(bytes, sizesBox.start + 8), mostPositions)
  const sizes =
    same > 0 ? Array.from({ length: count }, () => same) : entries('stsz', 4, 12).map((at) => u32(bytes, at))
  const short = entries('stco', 4).map((at) => u32(bytes, at))
  const chunks = short.length > 0 ? short : entries('co64', 8).map((at) => u64(bytes, at))
  const runs = entries('stsc', 12).map((at) => ({ first: u32(bytes, at), samples: u32(bytes, at + 4) }))
  const times = entries('stts', 8).map((at) => ({ count: u32(bytes, at), delta: u32(bytes, at + 4) }))
  const places: Place[] = []
  let ticks = 0
  let timeRun = 0
  let inRun = 0
  for (const [chunk, start] of chunks.entries()) {
    const run = runs.findLast(({ first }) => first <= chunk + 1)
    let offset = start
    for (let sample = 0; sample < (run?.samples ?? 1) && places.length < sizes.length; sample += 1) {
      const sizeBytes = sizes[places.length] ?? 0
      const duration = times[timeRun]?.delta ?? 0
      places.push({ offset, sizeBytes, ticks, duration })
      offset += sizeBytes
      ticks += duration
      inRun += 1
      if (inRun >= (times[timeRun]?.count ?? Number.MAX_SAFE_INTEGER)) {
        timeRun += 1
        inRun = 0
      }
    }
  }
  return places
}
