import type { Verification } from '@sereno/proof'
import { useEffect, useRef, useState } from 'react'
import type { Ask, Say } from './worker.ts'

export type Progress =
  | { readonly state: 'waiting' }
  | { readonly state: 'working'; readonly share: number; readonly name: string }
  | { readonly state: 'done'; readonly verification: Verification; readonly name: string }
  | { readonly state: 'unreadable'; readonly what: 'package' | 'trust'; readonly name: string }

/** One verification at a time; a new file ends the one that runs. */
export function useVerification(): {
  readonly progress: Progress
  readonly verify: (file: File, trust: File | null) => void
  readonly cancel: () => void
} {
  const [progress, setProgress] = useState<Progress>({ state: 'waiting' })
  const worker = useRef<Worker | null>(null)
  const end = (): void => {
    worker.current?.terminate()
    worker.current = null
  }
  useEffect(() => () => worker.current?.terminate(), [])
  return {
    progress,
    cancel: () => {
      end()
      setProgress({ state: 'waiting' })
    },
    verify: (file, trust) => {
      end()
      setProgress({ state: 'working', share: 0, name: file.name })
      const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
      worker.current = started
      started.onmessage = ({ data }: MessageEvent<Say>) => {
        if (data.type === 'progress') {
          setProgress({ state: 'working', share: data.share, name: file.name })
          return
        }
        setProgress(
          data.type === 'done'
            ? { state: 'done', verification: data.verification, name: file.name }
            : { state: 'unreadable', what: data.what, name: file.name },
        )
        end()
      }
      started.postMessage({ file, trust } satisfies Ask)
    },
  }
}
