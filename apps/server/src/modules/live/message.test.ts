import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admit, caughtUpBelowBytes, flowing, slowAboveBytes } from './backpressure.ts'
import { emptyGop, remember, replay } from './gop.ts'
import { createGrants } from './grants.ts'
import { config, frame, message } from './message.test-kit.ts'
import { type LiveMessage, maximumMessageBytes, readLiveMessage } from './message.ts'

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

function read(bytes: Uint8Array): LiveMessage {
  const result = readLiveMessage(bytes)
  if ('fault' in result) {
    throw new Error(result.fault)
  }
  return result
}

describe('messages', () => {
  test('header fields are read big-endian and the bytes are kept whole', () => {
    const bytes = frame({ key: true, atUs: 9_000_000_123, sizeBytes: 5 })
    expect(readLiveMessage(bytes)).toEqual({
      track: 'video',
      kind: 'frame',
      key: true,
      timestampUs: 9_000_000_123,
      durationUs: 33_333,
      bytes,
    })
    expect(read(frame({ audio: true })).key).toBe(true)
    expect(read(config(true))).toMatchObject({ track: 'audio', kind: 'config' })
  })

  test.each([
    ['too-short', new Uint8Array(13)],
    ['too-large', new Uint8Array(maximumMessageBytes + 1)],
    ['empty', message(1, 0, new Uint8Array(0))],
    ['version', new Uint8Array(20)],
    ['flags', message(8, 0, new Uint8Array(1))],
    ['timestamp', message(1, 2 ** 60, new Uint8Array(1))],
    ['config', message(2, 0, new Uint8Array([0xff]))],
    ['config', message(2, 0, text({ codec: 'avc1', width: 1280, height: 720, onload: 'x' }))],
    ['config', message(2, 0, text({ codec: 'avc1', width: -1, height: 720 }))],
    ['config', message(6, 0, text({ codec: 'opus', sampleRate: 48_000 }))],
  ])('%s is named', (fault, bytes) => {
    expect(readLiveMessage(bytes)).toEqual({ fault })
  })

  test('no bytes throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void readLiveMessage(bytes)))
  })
})

describe('group of pictures', () => {
  test('whatever arrives, a replay starts with a key frame and stays within the limit', () => {
    const arbitrary = fc.array(
      fc.record({ key: fc.boolean(), audio: fc.boolean(), sizeBytes: fc.integer({ min: 1, max: 400 }) }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(arbitrary, (frames) => {
        let gop = remember(emptyGop, read(config()))
        for (const each of frames) {
          gop = remember(gop, read(frame(each)), 1_000)
          const pictures = replay(gop).filter((one) => one.kind === 'frame')
          expect(pictures[0]?.key ?? true).toBe(true)
          expect(pictures.slice(1).some((one) => one.key)).toBe(false)
          expect(gop.frames.length <= 1 || gop.sizeBytes <= 1_000).toBe(true)
        }
      }),
    )
  })

  test('a new configuration forgets the frames it cannot decode', () => {
    const gop = [config(), frame({ key: true }), frame({}), config()]
      .map(read)
      .reduce((all, one) => remember(all, one), emptyGop)
    expect(replay(gop)).toEqual([read(config())])
  })
})

describe('backpressure', () => {
  test('whatever the socket does, a viewer never gets a dependent frame whose group was broken', () => {
    const arbitrary = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: slowAboveBytes * 2 })), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(arbitrary, (steps) => {
        let flow = flowing
        let broken = false
        for (const [key, unsent] of steps) {
          const decision = admit(flow, read(frame({ key })), unsent)
          flow = decision.flow
          if (decision.send) {
            expect(!broken || key).toBe(true)
            expect(unsent <= slowAboveBytes).toBe(true)
          }
          broken = !decision.send || (broken && !key)
        }
      }),
    )
  })

  test('takes part again only when nearly everything has left; configurations always go', () => {
    const waiting = { waiting: true }
    expect(admit(waiting, read(frame({ key: true })), caughtUpBelowBytes + 1).send).toBe(false)
    expect(admit(waiting, read(frame({ key: true })), caughtUpBelowBytes)).toEqual({ send: true, flow: flowing })
    expect(admit(waiting, read(config()), slowAboveBytes * 9).send).toBe(true)
    expect(admit(flowing, read(frame({ audio: true })), slowAboveBytes + 1).send).toBe(false)
  })
})

test('a grant is good once, for its own account, until it expires', () => {
  const grants = createGrants()
  grants.issue('t', { watch: 'w', account: 'ana', expiresAt: 1_000 })
  expect(grants.redeem('t', 'bruno', 0)).toEqual({ refused: 'live.grant-expired' })
  expect(grants.redeem('t', 'ana', 0)).toMatchObject({ grant: { watch: 'w' } })
  expect(grants.redeem('t', 'ana', 0)).toEqual({ refused: 'live.grant-used' })
  expect(grants.redeem('t', 'ana', 1_000)).toEqual({ refused: 'live.grant-expired' })
  grants.issue('u', { watch: 'w', account: 'ana', expiresAt: 1_000 })
  grants.drop('w')
  expect(grants.redeem('u', 'ana', 0)).toEqual({ refused: 'live.grant-expired' })
})
