import type { Alarm } from '@sereno/contracts'
import type { Folder } from '../journal/folder.ts'
import { createKeeper, readJson, type VaultKey } from '../journal/vault.ts'
import { Refused, type Server } from '../session/server.ts'
import type { Session } from '../session/session.ts'
import type { SosCall, SosState } from './protocol.ts'

export type SosLine = {
  readonly state: () => SosState | null
  readonly raise: (call: SosCall) => Promise<void>
  readonly cancel: (safe: boolean) => Promise<void>
  readonly hear: (alarm: Alarm) => Promise<void>
  /** Sends again what is not answered. Asked when the line opens and while it waits. */
  readonly pump: () => void
  readonly dismiss: () => Promise<void>
}
export type SosDeps = {
  readonly server: Server
  readonly session: Session
  readonly nowMs: () => number
  readonly schedule: (delayMs: number, run: () => void) => () => void
  readonly onChange: () => void
}

const fileName = 'sos'

/**
 * One call for help at a time. It is kept on the phone before it is sent, so that a kill does not lose it, and sent
 * every second until the server answered (idempotent by id). Nothing here says "sent" before that answer.
 */
export async function openSosLine(root: Folder, vault: VaultKey, deps: SosDeps): Promise<SosLine> {
  let state = await readJson<SosState>(vault, root, fileName, fileName)
  const keeper = createKeeper<SosState>(vault, root, fileName)
  let sending = false
  let retry: (() => void) | null = null

  const keep = async (next: SosState | null): Promise<void> => {
    state = next
    deps.onChange()
    await keeper.keep(next)
  }
  const pump = (): void => {
    retry?.()
    retry = null
    if (state === null || sending || (isSeen(state) && !owesCancel(state))) {
      return
    }
    sending = true
    void send(state)
      .then(() => {
        // the line may be down when somebody sees it: asking again brings the alarm as it is now
        if (state !== null && !isSeen(state)) {
          retry = deps.schedule(5000, pump)
        }
      })
      .catch(async (error: unknown) => {
        if (state !== null) {
          await keep({ ...state, attempts: state.attempts + 1 })
        }
        const isFinal = error instanceof Refused && error.status < 500
        retry = deps.schedule(isFinal ? 10_000 : 1000, pump)
      })
      .finally(() => {
        sending = false
        if (state !== null && state.answeredAtMs !== null && owesCancel(state)) {
          retry ??= deps.schedule(1000, pump)
        }
      })
  }
  const send = async (call: SosState): Promise<void> => {
    const alarm = await deps.session.run((token) =>
      deps.server.call('POST /device/sos', {
        token,
        timeoutMs: 8000,
        body: {
          id: call.id,
          atMs: call.atMs,
          recording: call.recording,
          ...(call.fix === null ? {} : { fix: call.fix }),
        },
      }),
    )
    await hear(alarm)
    if (state !== null && owesCancel(state)) {
      const cancelled = await deps.session.run((token) =>
        deps.server.call('POST /device/sos/:id/cancel', {
          token,
          timeoutMs: 8000,
          params: { id: call.id },
          body: { safe: state?.cancelWanted === 'safe' },
        }),
      )
      await hear(cancelled)
      await keep({ ...state, cancelled: true })
    }
  }
  const hear = async (alarm: Alarm): Promise<void> => {
    if (state !== null && alarm.id === state.id) {
      await keep({ ...state, alarm, answeredAtMs: state.answeredAtMs ?? deps.nowMs() })
    }
  }

  return {
    state: () => state,
    raise: async (call) => {
      await keep({ ...call, answeredAtMs: null, attempts: 0, alarm: null, cancelWanted: null, cancelled: false })
      pump()
    },
    cancel: async (safe) => {
      if (state !== null) {
        await keep({ ...state, cancelWanted: safe ? 'safe' : 'mistake' })
        pump()
      }
    },
    hear,
    pump,
    dismiss: () => keep(null),
  }
}

function isSeen(state: SosState): boolean {
  return state.alarm !== null && (state.alarm.acknowledgedAt !== null || state.alarm.closedAt !== null)
}

function owesCancel(state: SosState): boolean {
  return state.cancelWanted !== null && !state.cancelled
}
