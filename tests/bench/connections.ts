import { Agent, request } from 'node:http'

/** One keep-alive connection that sends one request at a time, as a phone's upload queue does. */
export type Connection = {
  /** Answers the status and the time from the first byte sent to the last received, in milliseconds. */
  readonly send: (options: {
    readonly method: string
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body: readonly Uint8Array[]
  }) => Promise<{ readonly status: number; readonly text: string; readonly tookMs: number }>
  readonly close: () => void
}

export function openConnection(): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    send: ({ method, url, headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const startedAt = performance.now()
        const length = body.reduce((sum, part) => sum + part.length, 0)
        const sent = request(
          url,
          { method, agent, headers: { 'content-length': String(length), ...headers } },
          (response) => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', (chunk: string) => {
              text += chunk
            })
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, text, tookMs: performance.now() - startedAt }),
            )
            response.on('error', reject)
          },
        )
        sent.on('error', reject)
        for (const part of body) {
          sent.write(part)
        }
        sent.end()
      }),
    close: () => agent.destroy(),
  }
}

/** Answers the value of an expected status, or throws with the server's words. */
export function expectStatus(
  answer: { readonly status: number; readonly text: string },
  statuses: readonly number[],
): void {
  if (!statuses.includes(answer.status)) {
    throw new Error(`unexpected ${answer.status}: ${answer.text.slice(0, 300)}`)
  }
}
