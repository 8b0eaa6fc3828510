import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Cosigned, Cosigner } from './cosigner.ts'

const bodyLimitBytes = 65_536
const answerWithinMs = 10_000

/** `POST /add-checkpoint` (C2SP tlog-witness); every other path reads 404. */
export function serveWitness(cosigner: Cosigner, told: (answer: Cosigned) => void): Server {
  const server = createServer(async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    if (request.method !== 'POST' || request.url !== '/add-checkpoint') {
      response.writeHead(404).end()
      return
    }
    try {
      const body = await read(request)
      const answer: Cosigned = body === null ? { status: 400 } : await cosigner.answer(body)
      told(answer)
      if (answer.status === 200) {
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(answer.lines)
      } else if (answer.status === 409) {
        response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${answer.size}\n`)
      } else {
        response.writeHead(answer.status).end()
      }
    } catch {
      response.writeHead(500).end()
    }
  })
  server.requestTimeout = answerWithinMs
  return server
}

async function read(request: IncomingMessage): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    sizeBytes += piece.length
    if (sizeBytes > bodyLimitBytes) {
      return null
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
