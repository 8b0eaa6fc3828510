import type { DeviceMessage, DeviceSays } from '@sereno/contracts'

export type Channel = {
  readonly say: (message: DeviceSays) => void
  /** The network came back: try at once. */
  readonly hurry: () => void
  readonly isOpen: () => boolean
  readonly dispose: () => void
}
export type ChannelDeps = {
  readonly connect: () => Promise<WebSocket>
  readonly nowMs: () => number
  readonly schedule: (delayMs: number, run: () => void) => () => void
  readonly random: () => number
  readonly onOpen: () => void
  readonly onMessage: (message: DeviceMessage) => void
  readonly onClose: () => void
}

const pingEveryMs = 10_000
const silenceMs = 25_000

/** The phone's line to the server: who watches, whether live is wanted, alarms, checkpoints. Reconnects for ever. */
export function createChannel(deps: ChannelDeps): Channel {
  let socket: WebSocket | null = null
  let failures = 0
  let disposed = false
  let cancel: (() => void) | null = null
  let heardAtMs = 0

  const later = (delayMs: number, run: () => void): void => {
    cancel?.()
    cancel = deps.schedule(delayMs, run)
  }
  const open = async (): Promise<void> => {
    try {
      const fresh = await deps.connect()
      if (disposed) {
        fresh.close()
        return
      }
      socket = fresh
      heardAtMs = deps.nowMs()
      fresh.onmessage = (event) => hear(event.data)
      fresh.onclose = () => lost(fresh)
      if (fresh.readyState === WebSocket.CLOSED) {
        lost(fresh)
        return
      }
      failures = 0
      deps.onOpen()
      beat()
    } catch {
      lost(null)
    }
  }
  const lost = (which: WebSocket | null): void => {
    if (disposed || (which !== null && which !== socket)) {
      return
    }
    if (socket !== null) {
      socket = null
      deps.onClose()
    }
    failures += 1
    later(Math.min(500 * 2 ** Math.min(failures - 1, 6), 8_000) * (0.75 + deps.random() / 2), () => void open())
  }
  const beat = (): void => {
    if (socket === null) {
      return
    }
    if (deps.nowMs() - heardAtMs > silenceMs) {
      const silent = socket
      silent.close()
      // a dead network may never answer the closing handshake
      lost(silent)
      return
    }
    say({ type: 'ping', sentAtMs: Math.round(deps.nowMs()) })
    later(pingEveryMs, beat)
  }
  const hear = (data: unknown): void => {
    heardAtMs = deps.nowMs()
    if (typeof data === 'string') {
      deps.onMessage(JSON.parse(data) as DeviceMessage)
    }
  }
  const say = (message: DeviceSays): void => {
    if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(message))
    }
  }

  void open()
  return {
    say,
    hurry: () => {
      if (socket === null && !disposed) {
        failures = 0
        later(0, () => void open())
      } else {
        beat()
      }
    },
    isOpen: () => socket !== null,
    dispose: () => {
      disposed = true
      cancel?.()
      socket?.close()
      socket = null
    },
  }
}

/** A socket that is open, or a rejection. */
export function openSocket(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.onopen = () => {
      socket.onerror = null
      resolve(socket)
    }
    socket.onerror = () => reject(new Error('no socket'))
    socket.onclose = () => reject(new Error('closed'))
  })
}
