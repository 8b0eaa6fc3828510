import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { factsOf, h264, openClips } from '../clips.test-kit.ts'
import { mediaTools } from '../sandbox.ts'
import { type Gps5, gps5Payload, gps9Payload, type Second } from './gpmf.test-kit.ts'
import { readGpmf } from './gpmf.ts'
import type { Telemetry } from './mp4-samples.ts'
import { createProbe } from './probe.ts'

const { clip, made, write, folder, clear } = openClips()
afterAll(clear)

describe('what a file says of itself', () => {
  const recorded = '2026-11-20T15:00:00Z'
  const tags = ['-metadata', `creation_time=${recorded}`, '-metadata', 'location=-12.1450-076.9910/'] as const

  test('MP4 and MOV: codecs, length, time, place', async () => {
    const mp4 = await factsOf(clip('a.mp4', ...h264, ...tags))
    expect(mp4).toMatchObject({
      container: 'mp4',
      video: 'avc1',
      audio: 'mp4a',
      createdAt: { ms: Date.parse(recorded) },
    })
    expect(mp4?.durationMs).toBeGreaterThanOrEqual(1_990)
    const mov = await factsOf(clip('a.mov', ...h264, ...tags))
    expect(mov).toMatchObject({ container: 'mov', video: 'avc1', createdAt: { ms: Date.parse(recorded) } })
    for (const { positions } of [mp4, mov].flatMap((found) => found ?? [])) {
      expect(positions[0]?.latitude).toBeCloseTo(-12.145, 3)
      expect(positions[0]?.longitude).toBeCloseTo(-76.991, 3)
    }
    const fragmented = await factsOf(clip('f.mp4', ...h264, '-movflags', 'frag_keyframe+empty_moov', '-g', '5'))
    expect(fragmented?.durationMs).toBeGreaterThan(1_000)
  })

  test('Matroska, transport stream, AVI', async () => {
    const mkv = await factsOf(clip('a.mkv', ...h264, ...tags))
    expect(mkv).toMatchObject({ container: 'mkv', video: 'V_MPEG4/ISO/AVC', audio: 'A_AAC' })
    expect(mkv?.durationMs).toBeGreaterThanOrEqual(1_990)
    expect(mkv?.createdAt).toMatchObject({ ms: Date.parse(recorded) })
    expect(mkv?.positions).toMatchObject([{ latitude: -12.145, longitude: -76.991 }])
    const ts = await factsOf(clip('a.ts', ...h264))
    expect(ts).toMatchObject({ container: 'mpeg-ts', video: 'h264', audio: 'aac' })
    expect(ts?.durationMs).toBeGreaterThan(1_500)
    const avi = await factsOf(clip('a.avi', '-c:v', 'mpeg4', '-c:a', 'pcm_s16le'))
    expect(avi).toMatchObject({ container: 'avi', durationMs: 2_000 })
  })

  test.each(['mp4', 'mov'])('NMEA in a subtitle track of %s becomes a track', async (ending) => {
    const sentence = (second: number, status: string) =>
      `$GPRMC,15000${second}.00,${status},1208.7000,S,07659.4600,W,10.0,090.0,201126,,,A`
    const srt = write(
      'n.srt',
      `1\n00:00:00,500 --> 00:00:01,000\n${sentence(0, 'V')}\n\n2\n00:00:01,000 --> 00:00:02,000\n${sentence(1, 'A')}\n`,
    )
    clip(`whole.${ending}`, ...h264)
    const copied = ['-c', 'copy', '-c:s', 'mov_text'] as const
    const read = await factsOf(made(`n.${ending}`, '-i', path.join(folder, `whole.${ending}`), '-i', srt, ...copied))
    expect(read?.positions).toHaveLength(1)
    const [fix] = read?.positions ?? []
    expect(fix).toMatchObject({ offsetMs: 1_000, atMs: Date.UTC(2026, 10, 20, 15, 0, 1), headingDeg: 90 })
    expect(fix?.speedMps).toBeCloseTo(5.144, 3)
    expect(fix?.latitude).toBeCloseTo(-12.145, 5)
    expect(fix?.longitude).toBeCloseTo(-76.991, 5)
  })

  test('a hostile or broken file answers nothing, and never throws', async () => {
    const whole = [
      clip('h.mp4', ...h264),
      gopro('h-gopro.mp4', twoSeconds),
      clip('h.mkv', ...h264),
      clip('h.ts', ...h264),
    ]
    for (let seed = 0; seed < 300; seed += 1) {
      const bytes = Uint8Array.from(whole[seed % whole.length] ?? [])
      for (let place = 0; place < 40; place += 1) {
        bytes[(seed * 7919 + place * 104_729) % bytes.length] = (seed * 31 + place * 17) & 0xff
      }
      const part = bytes.subarray(0, seed % 3 === 0 ? Math.floor(bytes.length / 2) : bytes.length)
      await factsOf(part, async () => ({ model: null, positions: [] }))
    }
    expect(await factsOf(new Uint8Array(1_000))).toBeNull()
  })
})

const startMs = Date.UTC(2026, 10, 20, 15, 0, 0)
/** Eighteen fixes in a second, all in one place: which one the second stands for makes no difference. */
const second = (latitude: number, longitude: number, speed: number): readonly Gps5[] =>
  Array.from({ length: 18 }, () => [latitude, longitude, 151.2, speed, speed] as const)
const twoSeconds = [
  { places: second(-12.145, -76.991, 1.5), atMs: startMs, fix: 3, sent: 18 },
  { places: second(-12.1451, -76.9912, 2.5), atMs: startMs + 1_000, fix: 3, sent: 36 },
] as const

/** An MP4 with a telemetry track as GoPro's: handler "GoPro MET", codec `gpmd`, a payload for each second. */
function gopro(name: string, seconds: readonly Second[], payload = gps5Payload): Uint8Array {
  return telemetryTrack(
    name,
    seconds.map((given) => payload('HERO9 Black', given)),
  )
}

function telemetryTrack(name: string, payloads: readonly Uint8Array[]): Uint8Array {
  const size = payloads[0]?.length ?? 0
  const raw = write('payloads.raw', Buffer.concat(payloads))
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=2']
  const data = ['-f', 'data', '-raw_packet_size', String(size), '-i', raw, '-map', '0:v', '-map', '1:d']
  const track = ['-c:d', 'copy', '-tag:d', 'gpmd', '-bsf:d', 'setts=ts=N*90000:duration=90000:time_base=1/90000']
  return made(
    name,
    ...picture,
    ...data,
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    ...track,
    '-f',
    'mov',
    '-brand',
    'mp42',
  )
}

describe('GoPro telemetry', () => {
  test('written from its published layout into a telemetry track of an MP4, it is read back', async () => {
    const read = await factsOf(gopro('GX010001.MP4', twoSeconds))
    expect(read).toMatchObject({ container: 'mp4', video: 'avc1', maker: 'GoPro', model: 'HERO9 Black' })
    expect(read?.positions).toHaveLength(2)
    for (const [place, fix] of (read?.positions ?? []).entries()) {
      const [latitude, longitude, , speed] = twoSeconds[place]?.places[0] ?? []
      expect(fix.latitude).toBeCloseTo(latitude ?? 0, 6)
      expect(fix.longitude).toBeCloseTo(longitude ?? 0, 6)
      expect(fix.speedMps).toBeCloseTo(speed ?? 0, 3)
      // Each stands for its second, and says by the satellites' clock when the film began.
      expect(Math.abs(fix.offsetMs - place * 1_000 - 500)).toBeLessThan(60)
      expect(Math.abs((fix.atMs ?? 0) - fix.offsetMs - startMs)).toBeLessThan(60)
    }
  })

  test('where no satellite was seen, the last place known is not taken for where it was', async () => {
    const [first, last] = twoSeconds
    const lost = { ...last, fix: 0 } as const
    expect((await factsOf(gopro('lost.mp4', [first, lost])))?.positions).toHaveLength(1)
    expect((await factsOf(gopro('never.mp4', [{ ...first, fix: 0 }, lost])))?.positions).toEqual([])
  })

  test('GPS9, in which each sample has its own time and fix', async () => {
    const read = await factsOf(gopro('GX010002.MP4', twoSeconds, gps9Payload))
    expect(read?.positions).toHaveLength(2)
    expect(read?.positions[1]?.latitude).toBeCloseTo(-12.1451, 6)
    expect(read?.positions[1]?.longitude).toBeCloseTo(-76.9912, 6)
    const [fix] = read?.positions ?? []
    expect(Math.abs((fix?.atMs ?? 0) - (fix?.offsetMs ?? 0) - startMs)).toBeLessThan(1_000)
  })

  // Real cameras' streams, which GoPro published and the reader's package carries.
  const samples = path.join(fileURLToPath(import.meta.resolve('gopro-telemetry')), '..', 'samples')
  test.each([
    ['hero5.raw', null, 1, [33.1265, -117.3274], '2017-04-17'],
    ['hero7.raw', 'Hero7 Black', 17, [42.3426, -8.7526], '2019-01-03'],
    ['hero11.raw', 'HERO11 Black', 11, [42.4262, -8.65], '2022-09-20'],
  ] as const)('a real camera’s stream: %s', async (name, model, count, [latitude, longitude], day) => {
    const read = await readGpmf(payloadsOf(readFileSync(path.join(samples, name))))
    expect(read.model).toBe(model)
    expect(read.positions).toHaveLength(count)
    for (const fix of read.positions) {
      expect(fix.latitude).toBeCloseTo(latitude, 2)
      expect(fix.longitude).toBeCloseTo(longitude, 2)
      expect(new Date(fix.atMs ?? 0).toISOString()).toMatch(day)
    }
  })

  test('streams with pieces missing or wrong end the reading, never the reader', async () => {
    hushConsole()
    const broken = path.join(samples, 'partials')
    for (const name of readdirSync(broken)) {
      const bytes = readFileSync(path.join(broken, name))
      const told = await readGpmf([{ bytes, offsetMs: 0, durationMs: 1_001 }]).catch(() => null)
      expect(told === null || Array.isArray(told.positions)).toBe(true)
    }
  })

  test('hostile telemetry that keeps its reader busy costs its positions, not what else the file says', async () => {
    const bytes = Uint8Array.from(readFileSync(path.join(samples, 'hero5.raw')))
    for (let place = 0; place < 20; place += 1) {
      bytes[(63 * 7919 + place * 104_729) % bytes.length] = (63 * 31 + place * 17) & 0xff
    }
    const film = telemetryTrack('busy.mp4', [bytes])
    const data = path.join(folder, 'data')
    mkdirSync(data)
    const warned: unknown[] = []
    const log = { warn: (about: unknown) => warned.push(about) } as unknown as Parameters<typeof createProbe>[2]
    const probe = createProbe(mediaTools, data, log, 6_000)
    const found = await probe({
      sizeBytes: film.length,
      read: async (offset, lengthBytes) => film.subarray(offset, offset + lengthBytes),
    })
    expect(found).toMatchObject({ container: 'mp4', video: 'avc1', durationMs: 2_000, positions: [] })
    expect(warned).toHaveLength(1)
  }, 60_000)
})

/** Of a stream of payloads one after the other, as a telemetry track has them: a second each (1,001 ms of NTSC). */
function payloadsOf(stream: Buffer): readonly Telemetry[] {
  const found: Telemetry[] = []
  for (let at = 0; at + 8 <= stream.length; ) {
    const sizeBytes = 8 + Math.ceil((stream.readUInt8(at + 5) * stream.readUInt16BE(at + 6)) / 4) * 4
    found.push({ bytes: stream.subarray(at, at + sizeBytes), offsetMs: found.length * 1_001, durationMs: 1_001 })
    at += sizeBytes
  }
  return found
}

/** The reader's package tells its complaints to the console, which in the sandbox is nobody's. */
function hushConsole(): void {
  for (const name of ['error', 'warn'] as const) {
    const spy = vi.spyOn(console, name).mockImplementation(() => undefined)
    onTestFinished(() => spy.mockRestore())
  }
}
