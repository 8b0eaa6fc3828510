import Hls, { type ErrorData, type FragLoadedData, type FragmentLoaderConstructor } from 'hls.js'
import { createSilence } from './silence.ts'
import type { SoundCurve } from './sound.ts'

export type PictureOptions = {
  readonly video: HTMLVideoElement
  readonly playlist: string
  readonly startMs: number
  readonly sound: SoundCurve
  readonly onBroken: () => void
}

/** Loads segments, and gives the player silence where there is no sound. */
function audible(): FragmentLoaderConstructor {
  const fill = createSilence()
  const Plain = Hls.DefaultConfig.loader as unknown as FragmentLoaderConstructor
  return class extends Plain {
    override load(...[context, config, callbacks]: Parameters<InstanceType<typeof Plain>['load']>): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, stats, loaded, details) => {
          const { data } = response
          const filled =
            data instanceof ArrayBuffer ? { ...response, data: fill(new Uint8Array(data)).buffer } : response
          callbacks.onSuccess(filled, stats, loaded, details)
        },
      })
    }
  }
}

/** The recording as HLS over the encrypted store, decrypted by the server while it is sent. Returns the way to stop. */
export function mountPicture({ video, playlist, startMs, sound, onBroken }: PictureOptions): () => void {
  const hls = new Hls({
    startPosition: startMs / 1000,
    maxBufferLength: 40,
    backBufferLength: 60,
    lowLatencyMode: false,
    // a hole is a hole: wait for no bytes that do not exist, and step over it at once
    nudgeMaxRetry: 10,
    fLoader: audible(),
  })
  let repairs = 0
  hls.on(Hls.Events.FRAG_LOADED, (_, { frag, payload }: FragLoadedData) => {
    const init = frag.initSegment?.data
    if (frag.type === 'main' && typeof frag.sn === 'number' && init != null) {
      sound.add(Math.round(frag.start * 1000), new Uint8Array(init), new Uint8Array(payload.slice(0)))
    }
  })
  hls.on(Hls.Events.ERROR, (_, error: ErrorData) => {
    if (!error.fatal) {
      return
    }
    repairs += 1
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && repairs <= 2) {
      hls.recoverMediaError()
    } else {
      onBroken()
    }
  })
  hls.loadSource(playlist)
  hls.attachMedia(video)
  return () => hls.destroy()
}
