import type { LiveShare } from '@sereno/contracts'
import { Button, Countdown, now } from '@sereno/ui'
import { useMutation } from '@tanstack/react-query'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import type { Watch } from '../../api/api.ts'
import { call } from '../../api/call.ts'
import { Failure } from '../../api/failure.tsx'
import { changed } from '../../api/queries.ts'
import { loudspeaker } from '../../live/loudspeaker.ts'
import { mountLivePlayer, type Picture } from '../../live/player.ts'
import { createLiveSound } from '../../live/sound.ts'
import { Watermark } from '../../shell/watermark.tsx'
import css from './guest.module.css'
import { useGuestText } from './text.ts'

/** One unit, for the minutes that were opened; asking for it is the guest's own deed, with its own entry. */
export function GuestLive({ live }: { readonly live: LiveShare }): ReactElement {
  const text = useGuestText()
  const [watch, setWatch] = useState<Watch | null>(null)
  const ask = useMutation({
    mutationFn: () => call('POST /guest/live/:live/watch', { params: { live: live.id } }),
    onSuccess: setWatch,
    onSettled: () => changed('GET /guest/looks'),
  })
  const stop = (): void => {
    if (watch !== null) {
      void call('POST /guest/watches/:id/close', { params: { id: watch.id } }).catch(() => undefined)
    }
    setWatch(null)
  }
  return (
    <div className={css.live}>
      <p>
        {live.reason} · <Countdown to={live.untilAt} nearMs={120_000} />
      </p>
      <p>{text.liveNote}</p>
      <Failure error={ask.error} />
      {watch === null ? (
        <Button look="next" icon="live" busy={ask.isPending} onPress={() => ask.mutate()}>
          {text.see}
        </Button>
      ) : (
        <>
          <LivePicture key={watch.id} watch={watch} />
          <Button onPress={stop}>{text.stop}</Button>
        </>
      )}
    </div>
  )
}

function LivePicture({ watch }: { readonly watch: Watch }): ReactElement {
  const text = useGuestText()
  const canvas = useRef<HTMLCanvasElement | null>(null)
  const [picture, setPicture] = useState<Picture>({ state: 'asking' })
  useEffect(() => {
    if (canvas.current === null) {
      return
    }
    let grant: string | null = watch.grant
    const renew = (): Promise<{ readonly grant: string }> =>
      call('POST /guest/watches/:id/renew', { params: { id: watch.id } })
    const timer = setInterval(() => void renew().catch(() => undefined), 30_000)
    const player = mountLivePlayer({
      canvas: canvas.current,
      async address() {
        const mine = grant ?? (await renew()).grant
        grant = null
        return `${location.origin.replace(/^http/, 'ws')}/api/guest/live?grant=${encodeURIComponent(mine)}`
      },
      show: setPicture,
      sound: createLiveSound({ output: loudspeaker, now, show: () => undefined }),
      now,
    })
    return () => {
      clearInterval(timer)
      player.dispose()
    }
  }, [watch])
  return (
    <figure className={css.picture} data-stale={picture.state !== 'live'}>
      <canvas ref={canvas} role="img" aria-label={text.picture} />
      <Watermark words={watch.watermark} />
      <figcaption role="status">{text.states[picture.state]}</figcaption>
    </figure>
  )
}
