import { encodeMessage, type LiveConfig, type LiveMessage } from '@sereno/media'
import { type Signer, toBase64, toBase64Url, utf8 } from '@sereno/proof'
import { type Congestion, createCongestion } from './congestion.ts'

export type LiveTracks = {
  readonly video: {
    readonly codec: string
    readonly width: number
    readonly height: number
    readonly description: Uint8Array
  }
  readonly audio: { readonly codec: string; readonly sampleRate: number; readonly channels: number } | null
}
export type LiveLeg = {
  /** Whether somebody wants to see, and of which recording. Null ends it. */
  readonly want: (recording: string | null) => void
  readonly tracks: (tracks: LiveTracks) => void
  readonly offer: (message: LiveMessage) => void
  readonly isWanted: () => boolean
  readonly isStreaming: () => boolean
  readonly dispose: () => void
}
export type LiveDeps = {
  readonly connect: () => Promise<WebSocket>
  readonly signer: Signer
  readonly uuid: () => string
  readonly schedule: (delayMs: number, run: () => void) => () => void
  readonly requestKeyFrame: () => void
  readonly onChange: () => void
}
type Open = { readonly socket: WebSocket; readonly congestion: Congestion; ready: boolean }

/** The live leg beside the recording: a WebSocket that may stall, drop or die without anybody recording noticing. */
export function createLiveLeg(deps: LiveDeps): LiveLeg {
  let wanted: string | null = null
  let tracks: LiveTracks | null = null
  let open: Open | null = null
  let connecting = false
  let retry: (() => void) | null = null

  const close = (): void => {
    retry?.()
    retry = null
    open?.socket.close()
    open = null
    deps.onChange()
  }
  const connect = async (recording: string): Promise<void> => {
    if (connecting || open !== null) {
      return
    }
    connecting = true
    try {
      const socket = await deps.connect()
      const mine: Open = { socket, congestion: createCongestion(), ready: false }
      open = mine
      socket.binaryType = 'arraybuffer'
      socket.onmessage = (event) => void hear(mine, recording, event.data)
      socket.onclose = () => {
        if (open === mine) {
          open = null
          deps.onChange()
          again()
        }
      }
      if (socket.readyState === WebSocket.CLOSED) {
        open = null
        again()
      }
    } catch {
      again()
    } finally {
      connecting = false
    }
    if (wanted !== recording) {
      close()
      renew()
    }
  }
  const again = (): void => {
    retry?.()
    retry = deps.schedule(1000, renew)
  }
  const renew = (): void => {
    if (wanted !== null && tracks !== null) {
      void connect(wanted)
    }
  }
  const hear = async (mine: Open, recording: string, data: unknown): Promise<void> => {
    const message: unknown = typeof data === 'string' ? JSON.parse(data) : null
    if (typeof message !== 'object' || message === null) {
      return
    }
    if ('nonce' in message && typeof message.nonce === 'string') {
      const connection = deps.uuid()
      const proof = utf8(`sereno-live-v1.${message.nonce}.${recording}.${connection}`)
      const signature = toBase64Url(await deps.signer.sign(proof))
      mine.socket.send(JSON.stringify({ recording, connection, signature }))
    } else if ('type' in message && message.type === 'key-frame') {
      if (!mine.ready) {
        // the first one says that the proof was accepted; before it, nothing binary may be sent
        mine.ready = true
        sendConfig(mine)
        deps.onChange()
      }
      deps.requestKeyFrame()
    }
  }
  const sendConfig = (mine: Open): void => {
    if (tracks === null) {
      return
    }
    const { description, ...video } = tracks.video
    mine.socket.send(configMessage({ ...video, description: toBase64(description) }, false))
    if (tracks.audio !== null) {
      mine.socket.send(configMessage(tracks.audio, true))
    }
  }

  return {
    want: (recording) => {
      if (recording === wanted) {
        return
      }
      wanted = recording
      close()
      renew()
      deps.onChange()
    },
    tracks: (next) => {
      tracks = next
      if (open?.ready === true) {
        sendConfig(open)
      }
      renew()
    },
    offer: (message) => {
      if (
        open?.ready === true &&
        open.socket.readyState === WebSocket.OPEN &&
        open.congestion.admit(message, open.socket.bufferedAmount)
      ) {
        open.socket.send(encodeMessage(message))
      }
    },
    isWanted: () => wanted !== null,
    isStreaming: () => open?.ready === true,
    dispose: () => {
      wanted = null
      close()
    },
  }
}

function configMessage(config: LiveConfig, audio: boolean): Uint8Array<ArrayBuffer> {
  return encodeMessage({
    key: false,
    config: true,
    audio,
    timestampUs: 0,
    durationUs: 0,
    payload: utf8(JSON.stringify(config)),
  })
}
