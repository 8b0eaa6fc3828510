import { decodeMessage, type LiveConfig, type LiveMessage } from '@sereno/media'
import type { LiveSound } from './sound.ts'

/** What a tile says about its picture. Instants are of this window's clock (`now()`). */
export type Picture =
  | { readonly state: 'asking' }
  | { readonly state: 'answered'; readonly at: number }
  | { readonly state: 'live'; readonly delayMs: number }
  | { readonly state: 'stale'; readonly lastFrameAt: number | null }
  | { readonly state: 'ended'; readonly reason: string; readonly lastFrameAt: number | null }

type PlayerOptions = {
  readonly canvas: HTMLCanvasElement
  /** A fresh single-use address for each connection. Rejects when the watch is over. */
  readonly address: () => Promise<string>
  readonly show: (picture: Picture) => void
  readonly sound: LiveSound
  readonly now: () => number
}
export type LivePlayer = { readonly dispose: () => void }

/** No frame for this long and the picture is memory, not sight. */
const staleAfterMs = 1500
const retryMs = 700

/**
 * Live view of one device: socket → WebCodecs → canvas. Draws each decoded frame at once (no buffer); when frames stop
 * the last one stays on the canvas and the tile greys it. A cut line is taken up again by itself until disposed.
 */
export function mountLivePlayer({ canvas, address, show, sound, now }: PlayerOptions): LivePlayer {
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true })
  let disposed = false
  let socket: WebSocket | null = null
  let decoder: VideoDecoder | null = null
  let config: VideoDecoderConfig | null = null
  let needsKey = true
  let lastFrameAt: number | null = null
  let leadUs: number | null = null
  let shown: Picture = { state: 'asking' }
  let ended = false
  const watch = setInterval(checkAge, 250)

  function tell(picture: Picture): void {
    shown = picture
    show(picture)
  }

  function draw(frame: VideoFrame): void {
    if (canvas.width !== frame.displayWidth || canvas.height !== frame.displayHeight) {
      canvas.width = frame.displayWidth
      canvas.height = frame.displayHeight
    }
    context?.drawImage(frame, 0, 0)
    // The least delay seen is the path's own; what exceeds it is queueing. Clocks of phone and room need not agree.
    const aheadUs = now() * 1000 - frame.timestamp
    leadUs = leadUs === null ? aheadUs : Math.min(leadUs, aheadUs)
    const delayMs = Math.max(0, (aheadUs - leadUs) / 1000)
    frame.close()
    const previous = lastFrameAt
    lastFrameAt = now()
    if (shown.state !== 'live' || previous === null || Math.abs(shown.delayMs - delayMs) > 100) {
      tell({ state: 'live', delayMs })
    }
  }

  function checkAge(): void {
    if (shown.state === 'live' && lastFrameAt !== null && now() - lastFrameAt > staleAfterMs) {
      tell({ state: 'stale', lastFrameAt })
    }
  }

  function restartDecoder(): void {
    if (decoder !== null && decoder.state !== 'closed') {
      decoder.close()
    }
    decoder = new VideoDecoder({
      output: draw,
      error: () => {
        needsKey = true
        decoder = null
      },
    })
    needsKey = true
    if (config !== null) {
      decoder.configure(config)
    }
  }

  function configure(payload: Uint8Array): void {
    const told = JSON.parse(new TextDecoder().decode(payload)) as LiveConfig
    if (!('width' in told)) {
      sound.configure(told)
      return
    }
    const description = told.description === undefined ? {} : { description: bytesOf(told.description) }
    config = {
      codec: told.codec,
      codedWidth: told.width,
      codedHeight: told.height,
      optimizeForLatency: true,
      ...description,
    }
    restartDecoder()
    if (shown.state === 'asking') {
      tell({ state: 'answered', at: now() })
    }
  }

  function decode(message: LiveMessage): void {
    if (config === null || (needsKey && !message.key)) {
      return
    }
    if (decoder === null || decoder.state === 'closed') {
      restartDecoder()
    }
    // A decoder that cannot keep up is emptied, not obeyed: the room wants now, not everything.
    if (message.key && decoder !== null && decoder.decodeQueueSize > 30) {
      restartDecoder()
    }
    needsKey = false
    decoder?.decode(
      new EncodedVideoChunk({
        type: message.key ? 'key' : 'delta',
        timestamp: message.timestampUs,
        duration: message.durationUs,
        data: message.payload,
      }),
    )
  }

  function hear(text: string): void {
    const said = JSON.parse(text) as { readonly type: string; readonly reason?: string }
    if (said.type === 'ended') {
      ended = said.reason !== undefined && said.reason !== 'left'
      tell({ state: 'ended', reason: said.reason ?? 'ended', lastFrameAt })
    } else if (said.type === 'stale' && lastFrameAt !== null) {
      tell({ state: 'stale', lastFrameAt })
    } else if (said.type === 'live' && shown.state === 'asking') {
      tell({ state: 'answered', at: now() })
    }
  }

  async function connect(): Promise<void> {
    try {
      const url = await address()
      if (disposed) {
        return
      }
      const opened = new WebSocket(url)
      opened.binaryType = 'arraybuffer'
      socket = opened
      opened.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
        if (typeof event.data === 'string') {
          hear(event.data)
          return
        }
        const message = decodeMessage(new Uint8Array(event.data))
        if (message !== null) {
          if (message.config) {
            configure(message.payload)
          } else if (message.audio) {
            sound.hear(message)
          } else {
            decode(message)
          }
        }
      }
      opened.onclose = again
    } catch {
      again()
    }
  }

  function again(): void {
    socket = null
    needsKey = true
    if (disposed || ended) {
      return
    }
    if (lastFrameAt !== null && shown.state !== 'stale') {
      tell({ state: 'stale', lastFrameAt })
    }
    setTimeout(() => {
      if (!disposed && !ended) {
        void connect()
      }
    }, retryMs)
  }

  void connect()
  return {
    dispose: () => {
      disposed = true
      clearInterval(watch)
      sound.dispose()
      socket?.close()
      if (decoder !== null && decoder.state !== 'closed') {
        decoder.close()
      }
    },
  }
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
