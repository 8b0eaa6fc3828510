import { encodeMessage, type Sample } from '@sereno/media'
import { type Signer, toBase64, toBase64Url, utf8 } from '@sereno/proof'
import type { Api } from './api.ts'
import type { Clip, Cut } from './clip.ts'
import type { Figures } from './figures.ts'

export type LiveLeg = { readonly play: (piece: Cut) => void; readonly close: () => void }

/** More than this waiting in the socket, and a whole group of pictures is left out (design §3.5). */
const crowdedBytes = 512 * 1024

/**
 * The live leg of a recording: proves itself by signing the server's nonce, then sends each frame at its time. It may
 * stall or die; the recording does not notice (I-7).
 */
export function openLiveLeg(
  api: Api,
  options: {
    readonly token: string
    readonly signer: Signer
    readonly recording: string
    readonly connection: string
    readonly clip: Clip
    readonly figures: Figures
    /** The line went without being closed here: it may be opened again. */
    readonly onLost: () => void
  },
): LiveLeg {
  const { signer, recording, connection, clip, figures } = options
  const url = new URL(`${api.url.replace(/^http/, 'ws')}/api/live/publish`)
  url.searchParams.set('token', options.token)
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  let ready = false
  let closed = false
  const timers = new Set<NodeJS.Timeout>()
  socket.onerror = () => undefined
  socket.onmessage = ({ data }) => {
    const { nonce, type } = JSON.parse(String(data)) as { readonly nonce?: string; readonly type?: string }
    if (nonce !== undefined) {
      void signer.sign(utf8(`sereno-live-v1.${nonce}.${recording}.${connection}`)).then((signature) => {
        socket.send(JSON.stringify({ recording, connection, signature: toBase64Url(signature) }))
      })
    } else if (type === 'key-frame' && !ready) {
      // The first one says that the proof was accepted; before it, nothing binary may be sent.
      for (const config of configs(clip)) {
        socket.send(config)
      }
      ready = true
    }
  }
  socket.onclose = () => {
    if (!closed) {
      options.onLost()
    }
  }
  const send = (sample: Sample, audio: boolean, shiftUs: number): void => {
    if (ready && socket.readyState === WebSocket.OPEN) {
      socket.send(
        encodeMessage({
          key: sample.key && !audio,
          config: false,
          audio,
          timestampUs: Math.round(sample.timestampUs + shiftUs),
          durationUs: sample.durationUs,
          payload: sample.data,
        }),
      )
      figures.framesStreamed += 1
    }
  }
  return {
    play: ({ gop, shiftUs }) => {
      if (socket.bufferedAmount > crowdedBytes) {
        figures.framesDropped += gop.video.length
        return
      }
      const startUs = gop.video[0]?.timestampUs ?? 0
      const samples = [
        ...gop.video.map((sample) => ({ sample, audio: false })),
        ...gop.audio.map((sample) => ({ sample, audio: true })),
      ]
      for (const { sample, audio } of samples) {
        const timer = setTimeout(
          () => {
            timers.delete(timer)
            send(sample, audio, shiftUs)
          },
          (sample.timestampUs - startUs) / 1000,
        )
        timers.add(timer)
      }
    },
    close: () => {
      closed = true
      for (const timer of timers) {
        clearTimeout(timer)
      }
      socket.close()
    },
  }
}

function configs(clip: Clip): Uint8Array<ArrayBuffer>[] {
  const message = (audio: boolean, config: unknown): Uint8Array<ArrayBuffer> =>
    encodeMessage({
      key: false,
      config: true,
      audio,
      timestampUs: 0,
      durationUs: 0,
      payload: utf8(JSON.stringify(config)),
    })
  const { codec, width, height, description } = clip.video
  const picture = message(false, { codec, description: toBase64(description), height, width })
  return clip.audio ? [picture, message(true, { ...clip.audio })] : [picture]
}
