import { expect, test } from 'vitest'
import { slowAboveBytes } from './backpressure.ts'
import { config, frame } from './message.test-kit.ts'
import { type LiveMessage, readLiveMessage } from './message.ts'
import { createRelay, type ViewerText } from './relay.ts'

function read(bytes: Uint8Array): LiveMessage {
  const message = readLiveMessage(bytes)
  if ('fault' in message) {
    throw new Error(message.fault)
  }
  return message
}

function viewer() {
  const got: Uint8Array[] = []
  const told: ViewerText[] = []
  const state = { unsent: 0 }
  const link = {
    send: (bytes: Uint8Array) => got.push(bytes),
    tell: (text: ViewerText) => told.push(text),
    unsentBytes: () => state.unsent,
  }
  return { got, told, state, link, types: () => told.map((text) => text.type) }
}

function publisher() {
  const asked: string[] = []
  return {
    asked,
    link: { askKeyFrame: () => void asked.push('key-frame'), close: (reason: string) => void asked.push(reason) },
  }
}

test('who joins gets the configurations and the current group, pictures only, then what is new', () => {
  const relay = createRelay(() => {})
  const source = relay.publish('a', 'r', publisher().link, 0)
  const sent = [config(), config(true), frame({ key: true }), frame({}), frame({ audio: true }), frame({})]
  sent.forEach((bytes, index) => {
    source.accept(read(bytes), index)
  })
  const late = viewer()
  const viewing = relay.view('a', late.link, 10)
  expect(late.got).toEqual([sent[0], sent[1], sent[2], sent[3], sent[5]])
  expect(late.types()).toEqual(['live'])
  const next = frame({ audio: true })
  source.accept(read(next), 11)
  expect(late.got.at(-1)).toBe(next)
  expect(viewing.counts()).toEqual({ sent: 3, dropped: 0 })
})

test('one buffer per message: every viewer is handed the very bytes that arrived', () => {
  const relay = createRelay(() => {})
  const [one, two] = [viewer(), viewer()]
  relay.view('a', one.link, 0)
  relay.view('a', two.link, 0)
  const source = relay.publish('a', 'r', publisher().link, 0)
  const key = frame({ key: true })
  source.accept(read(key), 1)
  expect(one.got[0]).toBe(key)
  expect(two.got[0]).toBe(key)
})

test('a slow viewer loses whole groups down to a key frame, others lose nothing, and both are counted', () => {
  const relay = createRelay(() => {})
  const [slow, quick] = [viewer(), viewer()]
  const source = relay.publish('a', 'r', publisher().link, 0)
  source.accept(read(frame({ key: true })), 0)
  const viewings = [relay.view('a', slow.link, 0), relay.view('a', quick.link, 0)]
  slow.state.unsent = slowAboveBytes + 1
  source.accept(read(frame({})), 1)
  slow.state.unsent = 0
  source.accept(read(frame({})), 2)
  source.accept(read(frame({ audio: true })), 2)
  source.accept(read(frame({ key: true })), 3)
  source.accept(read(frame({})), 4)
  expect(viewings[0]?.leave()).toEqual({ sent: 3, dropped: 2 })
  expect(viewings[1]?.leave()).toEqual({ sent: 5, dropped: 0 })
  expect(slow.got).toHaveLength(3)
})

test('a stream that falls silent is told stale with the age of its last frame, and comes back by itself', () => {
  const relay = createRelay(() => {})
  const watching = viewer()
  relay.view('a', watching.link, 0)
  const first = relay.publish('a', 'r', publisher().link, 1_000)
  first.accept(read(frame({ key: true })), 1_000)
  relay.sweep(2_500)
  relay.sweep(3_500)
  relay.sweep(4_500)
  expect(watching.told).toEqual([
    { type: 'stale' },
    { type: 'live', lastFrameAt: 1_000 },
    { type: 'stale', lastFrameAt: 1_000 },
  ])
  first.end()
  const source = publisher()
  const second = relay.publish('a', 'r', source.link, 9_000)
  expect(source.asked).toEqual(['key-frame'])
  second.accept(read(frame({ key: true })), 9_100)
  expect(watching.types()).toEqual(['stale', 'live', 'stale', 'stale', 'live'])
})

test('a second connection of a device replaces the first, whose late messages reach nobody', () => {
  const changes: string[] = []
  const relay = createRelay((device) => changes.push(device))
  const old = publisher()
  const first = relay.publish('a', 'r', old.link, 0)
  const second = relay.publish('a', 'r', publisher().link, 5)
  expect(old.asked).toEqual(['key-frame', 'replaced'])
  const watching = viewer()
  relay.view('a', watching.link, 6)
  first.accept(read(frame({ key: true })), 7)
  first.end()
  expect(watching.got).toEqual([])
  expect(relay.isStreaming('a')).toBe(true)
  second.end()
  expect(relay.isStreaming('a')).toBe(false)
  expect(changes).toEqual(['a', 'a', 'a'])
})

test('joining viewers ask for a key frame, at most once a second', () => {
  const relay = createRelay(() => {})
  const source = publisher()
  relay.publish('a', 'r', source.link, 0)
  relay.view('a', viewer().link, 500)
  relay.view('a', viewer().link, 1_500)
  relay.view('a', viewer().link, 1_600)
  expect(source.asked).toEqual(['key-frame', 'key-frame'])
})
