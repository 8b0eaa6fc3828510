import type { RoomMessage } from '@sereno/contracts'
import { liveValue, now, setServerOffset } from '@sereno/ui'

/** What the window knows of its line to the server. */
export type Line =
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly since: number }
  | { readonly state: 'lost'; readonly since: number; readonly attempts: number; readonly nextAt: number }

export type Connection = {
  readonly line: ReturnType<typeof liveValue<Line>>
  /** When anything last arrived (server time), for "hace 1 s". */
  readonly heardAt: () => number
  readonly tryNow: () => void
  readonly dispose: () => void
}

/** The server says something at least this often; silence beyond it is a lost line, whatever TCP believes. */
const silenceLimitMs = 12_000
const firstWaitMs = 500
const longestWaitMs = 10_000

/**
 * Keeps one socket to `/api/room` and hands on what arrives. It comes back by itself: waits double from 0.5 s to 10 s,
 * with jitter, so that a restarted server is not met by all windows at once.
 */
export function connectRoom(url: string, receive: (message: RoomMessage) => void): Connection {
  const line = liveValue<Line>({ state: 'opening' })
  let socket: WebSocket | null = null
  let attempts = 0
  let heardAt = now()
  let timer: ReturnType<typeof setTimeout> | undefined
  let disposed = false
  let openedAt = 0
  const watchdog = setInterval(() => {
    // a server that accepts and then says nothing is as lost as one that refuses
    if (socket !== null && now() - Math.max(heardAt, openedAt) > silenceLimitMs) {
      socket.onclose = null
      socket.close()
      lost()
    }
  }, 1000)

  function open(): void {
    const opened = new WebSocket(url)
    socket = opened
    openedAt = now()
    opened.onmessage = (event: MessageEvent<string>) => {
      if (opened !== socket) {
        return
      }
      const message = JSON.parse(event.data) as RoomMessage
      if ('nowMs' in message) {
        setServerOffset(message.nowMs - Date.now())
      }
      heardAt = now()
      attempts = 0
      if (line.get().state !== 'open') {
        line.set({ state: 'open', since: now() })
      }
      receive(message)
    }
    opened.onclose = () => {
      if (opened === socket) {
        lost()
      }
    }
  }

  function lost(): void {
    socket = null
    if (disposed) {
      return
    }
    const known = line.get()
    attempts += 1
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1)) * (0.75 + Math.random() * 0.5)
    line.set({
      state: 'lost',
      since: known.state === 'lost' ? known.since : heardAt,
      attempts,
      nextAt: now() + waitMs,
    })
    clearTimeout(timer)
    timer = setTimeout(open, waitMs)
  }

  open()
  return {
    line,
    heardAt: () => heardAt,
    tryNow: () => {
      if (line.get().state === 'lost') {
        clearTimeout(timer)
        open()
      }
    },
    dispose: () => {
      disposed = true
      clearTimeout(timer)
      clearInterval(watchdog)
      socket?.close()
      socket = null
    },
  }
}
