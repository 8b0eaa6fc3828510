import { liveValue, now, setServerOffset } from '@sereno/ui'
import { call } from '../api/call.ts'
import type { Connection, Line } from './connection.ts'

const everyMs = 5_000

/** The line of somebody whose role has no room (custody, audit): a small question now and then instead of a socket. */
export function pollLine(): Connection {
  const line = liveValue<Line>({ state: 'opening' })
  let heardAt = now()
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let disposed = false
  async function ask(): Promise<void> {
    try {
      const { nowMs } = await call('GET /installation', {})
      setServerOffset(nowMs - Date.now())
      heardAt = now()
      attempts = 0
      if (line.get().state !== 'open') {
        line.set({ state: 'open', since: now() })
      }
    } catch {
      const known = line.get()
      attempts += 1
      line.set({
        state: 'lost',
        since: known.state === 'lost' ? known.since : heardAt,
        attempts,
        nextAt: now() + everyMs,
      })
    }
    if (!disposed) {
      timer = setTimeout(() => void ask(), everyMs)
    }
  }
  void ask()
  return {
    line,
    heardAt: () => heardAt,
    tryNow: () => {
      clearTimeout(timer)
      void ask()
    },
    dispose: () => {
      disposed = true
      clearTimeout(timer)
    },
  }
}
