import type { DeviceMessage, DeviceSays, DeviceSelf } from '@sereno/contracts'
import { type ServerTime, type Signer, toBase64Url, utf8 } from '@sereno/proof'
import type { Api } from './api.ts'

export type Session = {
  readonly token: () => string
  readonly self: () => DeviceSelf
  /** Opens a new session when the one there is old. */
  readonly renew: () => Promise<DeviceSelf>
  readonly serverTime: (nowMs: number) => ServerTime | null
  readonly noteServerTime: (sentAtMs: number, nowMs: number, serverMs: number) => void
}

/** Proves possession of the device's key and keeps the token fresh. */
export async function openSession(api: Api, device: string, signer: Signer, clock: () => number): Promise<Session> {
  let current: { readonly token: string; readonly expiresAt: number; readonly self: DeviceSelf } | null = null
  let time: {
    readonly seenMs: number
    readonly offsetMs: number
    readonly uncertaintyMs: number
    readonly atMs: number
  } | null = null
  const noteServerTime: Session['noteServerTime'] = (sentAtMs, nowMs, serverMs) => {
    time = {
      seenMs: serverMs,
      // + 0: a negative zero has no canonical form
      offsetMs: Math.round(serverMs - (sentAtMs + nowMs) / 2) + 0,
      uncertaintyMs: Math.ceil((nowMs - sentAtMs) / 2),
      atMs: nowMs,
    }
  }
  const renew = async (): Promise<DeviceSelf> => {
    if (current === null || current.expiresAt - clock() < 5 * 60_000) {
      const sentAtMs = clock()
      const { nonce, nowMs } = await api.call('POST /device/challenge', { body: { device } })
      noteServerTime(sentAtMs, clock(), nowMs)
      const signature = toBase64Url(await signer.sign(utf8(`sereno-session-v1.${device}.${nonce}`)))
      current = await api.call('POST /device/session', { body: { device, nonce, signature } })
    }
    return current.self
  }
  await renew()
  return {
    token: () => current?.token ?? '',
    self: () => {
      if (!current) {
        throw new Error('no session yet')
      }
      return current.self
    },
    renew,
    noteServerTime,
    serverTime: (nowMs) =>
      time && {
        lastSeenMs: time.seenMs,
        offsetMs: time.offsetMs,
        uncertaintyMs: time.uncertaintyMs,
        ageMs: Math.max(0, Math.round(nowMs - time.atMs)),
      },
  }
}

export type Channel = { readonly say: (message: DeviceSays) => void; readonly close: () => void }

/** The phone's channel: who watches, whether the picture is wanted, new checkpoints. Reconnects by itself. */
export function openChannel(
  api: Api,
  session: Session,
  clock: () => number,
  hear: (message: DeviceMessage) => void,
): Channel {
  let socket: WebSocket | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined
  const connect = (): void => {
    if (closed) {
      return
    }
    const url = new URL(`${api.url.replace(/^http/, 'ws')}/api/device/channel`)
    url.searchParams.set('token', session.token())
    socket = new WebSocket(url)
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as DeviceMessage
      if (message.type === 'pong') {
        session.noteServerTime(message.sentAtMs, clock(), message.nowMs)
      }
      hear(message)
    }
    socket.onclose = () => {
      timer = setTimeout(
        () =>
          void session
            .renew()
            .catch(() => undefined)
            .then(connect),
        2000,
      )
    }
    socket.onerror = () => undefined
  }
  connect()
  return {
    say: (message) => {
      if (socket?.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify(message))
      }
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
