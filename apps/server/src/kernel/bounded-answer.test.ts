import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundedBody } from './bounded-answer.ts'

let sentBytes = 0
const piece = Buffer.alloc(16_384, 1)
const server = createServer((request, response) => {
  if (request.url === '/short') {
    response.end('two words')
    return
  }
  const more = (): void => {
    sentBytes += piece.length
    response.write(piece, (error) => (error == null && !response.destroyed ? setImmediate(more) : undefined))
  }
  more()
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('a short answer is whole', async () => {
  expect(new TextDecoder().decode(await boundedBody(await fetch(`${url}/short`), 9))).toBe('two words')
})

test('an answer without end is left, and its sender is cut off', async () => {
  const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)))
  const response = await fetch(`${url}/endless`)
  await expect(boundedBody(response, 65_536)).rejects.toThrow('longer than 65536 bytes')
  server.closeIdleConnections()
  await closed
  // What kernel buffers hold beside what was read, and no more.
  expect(sentBytes).toBeLessThan(64 * 1024 * 1024)
})
