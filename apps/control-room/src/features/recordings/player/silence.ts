import { type Init, readInit, readSegment } from '@sereno/media'

/** Less than this is the ordinary unevenness between a picture's end and a packet's. */
const leastHoleUs = 40_000
const packetUs = 20_000

/**
 * The same segment for this window's player, its missing sound given as silence. A recording declares sound from the
 * start, but the seconds before the touch have none, and a microphone may fail: a browser plays a stream only where all
 * its tracks have something, so without this the pre-event picture could not be seen. What the server keeps and gives
 * is not touched; the lane of sound shows what was really heard.
 */
export function createSilence(): (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  let init: Init | null = null
  return (bytes) => {
    try {
      if (isInit(bytes)) {
        init = readInit(bytes)
        return bytes
      }
      return init === null ? bytes : withSilence(bytes, init)
    } catch {
      // a form that is not ours (another camera's file): the browser judges it as it is
      return bytes
    }
  }
}

function withSilence(bytes: Uint8Array<ArrayBuffer>, init: Init): Uint8Array<ArrayBuffer> {
  const { audio } = init
  if (audio === null || audio.codec !== 'opus') {
    return bytes
  }
  const segment = readSegment(bytes, init)
  const fromUs = us(segment.decodeTime, segment.timescale)
  const toUs = us(segment.decodeTime + segment.duration, segment.timescale)
  const heard = segment.audio
  const holes =
    heard === null || heard.samples.length === 0
      ? [[fromUs, toUs] as const]
      : [
          [fromUs, us(heard.decodeTime, audio.timescale)] as const,
          [us(heard.decodeTime + heard.duration, audio.timescale), toUs] as const,
        ]
  const parts = holes
    .filter(([from, to]) => to - from > leastHoleUs)
    .map(([from, to]) =>
      silentFragment({
        trackId: audio.trackId,
        timescale: audio.timescale,
        channels: audio.channels,
        // ends where sound begins: what does not fill a packet is left out at the front
        fromUs: to - Math.floor((to - from) / packetUs) * packetUs,
        packets: Math.floor((to - from) / packetUs),
      }),
    )
  return parts.length === 0 ? bytes : joined([...parts, bytes])
}

/** A fragment (ISO 14496-12 §8.8) of one sound track that says nothing: Opus packets of 20 ms (RFC 6716 §3.1). */
export function silentFragment(given: {
  readonly trackId: number
  readonly timescale: number
  readonly channels: number
  readonly fromUs: number
  readonly packets: number
}): Uint8Array<ArrayBuffer> {
  const packet = [given.channels > 1 ? 0xfc : 0xf8, 0xff, 0xfe]
  const durationTicks = Math.round((packetUs * given.timescale) / 1_000_000)
  const fromTicks = Math.round((given.fromUs * given.timescale) / 1_000_000)
  const moof = (dataOffset: number): Uint8Array<ArrayBuffer> =>
    box(
      'moof',
      box('mfhd', words(0, 1)),
      box(
        'traf',
        // default-base-is-moof; duration, size and flags of every sample
        box('tfhd', words(0x020038, given.trackId, durationTicks, packet.length, 0x02000000)),
        box('tfdt', words(0x01000000, Math.floor(fromTicks / 2 ** 32), fromTicks % 2 ** 32)),
        box('trun', words(0x000001, given.packets, dataOffset)),
      ),
    )
  const data = new Uint8Array(given.packets * packet.length)
  for (let at = 0; at < data.length; at += packet.length) {
    data.set(packet, at)
  }
  return joined([moof(moof(0).length + 8), box('mdat', data)])
}

const isInit = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(4, 8)) === 'ftyp'
const us = (ticks: number, timescale: number): number => (ticks * 1_000_000) / timescale

function box(type: string, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const name = Uint8Array.from(type, (letter) => letter.charCodeAt(0))
  const sizeBytes = contents.reduce((sum, { length }) => sum + length, 8)
  return joined([words(sizeBytes), name, ...contents])
}

function words(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    view.setUint32(index * 4, value)
  }
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
