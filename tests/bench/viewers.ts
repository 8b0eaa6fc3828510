import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * Many viewers in one process, as cheap as they can be: they open their WebSocket, read, and count bytes, so that the
 * second core is enough for them and the server's own cost is what is measured. Told who they are by one JSON line.
 */
type Viewer = { readonly grant: string; readonly cookie: string }
type Told = { readonly port: number; readonly viewers: readonly Viewer[] }

let bytes = 0
let open = 0

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'count') {
    console.log(JSON.stringify({ bytes, open }))
  } else {
    const { port, viewers } = JSON.parse(line) as Told
    for (const viewer of viewers) {
      await view(port, viewer)
    }
    console.log(JSON.stringify({ bytes, open }))
  }
}

function view(port: number, { grant, cookie }: Viewer): Promise<void> {
  return new Promise((resolve, reject) => {
    let started = false
    const socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: new Uint8Array(64 * 1024),
        callback: (count, buffer) => {
          if (!started) {
            started = true
            const head = new TextDecoder('latin1').decode(buffer.subarray(0, Math.min(count, 64)))
            if (!head.startsWith('HTTP/1.1 101')) {
              reject(new Error(head))
            }
            open += 1
            resolve()
          }
          bytes += count
          return true
        },
      },
    })
    socket.on('error', reject)
    socket.on('close', () => {
      open -= 1
    })
    socket.write(
      [
        `GET /api/live/watch?grant=${encodeURIComponent(grant)} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        `Origin: http://127.0.0.1:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        // RFC 6455 §1.3: any sixteen bytes; the answer to them is not checked here.
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Cookie: ${cookie}`,
        '',
        '',
      ].join('\r\n'),
    )
  })
}
