import { connect, createServer, type Socket } from 'node:net'

/** A way to the product that can fall silent, as a street corner without signal does. */
export type Radio = {
  readonly url: string
  /** Nothing passes any more, in either direction; nobody is told. */
  readonly cut: () => void
  /** Everything that waited passes, in order, and new connections too. */
  readonly restore: () => void
  readonly close: () => Promise<void>
}

/** Passes bytes between a free port of its own and the product's. */
export async function openRadio(productUrl: string): Promise<Radio> {
  const { hostname, port } = new URL(productUrl)
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let silent = false

  const server = createServer({ noDelay: true }, (near) => {
    near.pause()
    const join = (): void => {
      const far = connect({ host: hostname, port: Number(port), noDelay: true })
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from)
        from.on('data', (bytes) => {
          if (!to.write(bytes)) {
            from.pause()
            to.once('drain', () => silent || from.resume())
          }
        })
        from.on('end', () => to.end())
        from.on('error', () => to.destroy())
        from.on('close', () => {
          sockets.delete(from)
          to.destroy()
        })
      }
      near.resume()
    }
    if (silent) {
      waiting.push(join)
    } else {
      join()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://localhost:${typeof address === 'object' ? address?.port : 0}`,
    cut() {
      silent = true
      for (const socket of sockets) {
        socket.pause()
      }
    },
    restore() {
      silent = false
      for (const socket of sockets) {
        socket.resume()
      }
      for (const join of waiting.splice(0)) {
        join()
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) {
          socket.destroy()
        }
      }),
  }
}
