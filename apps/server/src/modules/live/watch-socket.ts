import type { Actor } from '../../kernel/actor.ts'
import type { WebSocket } from '../../kernel/http.ts'
import type { LiveDeps } from './door.ts'
import type { Grants } from './grants.ts'
import type { Relay, ViewerText } from './relay.ts'
import { closeCodes, send } from './socket.ts'
import type { OpenWatch } from './watch.ts'
import type { Watches } from './watches.ts'

/**
 * A viewer's end of the live leg. The grant was given after the ledger entry of its watch was committed, so no frame
 * leaves without an entry (I-3); it is good once, for the account it was given to.
 */
export function openViewer(
  deps: Pick<LiveDeps, 'clock'> & { readonly grants: Grants; readonly watches: Watches; readonly relay: Relay },
  socket: WebSocket,
  actor: Actor,
  token: string,
): void {
  const nowMs = deps.clock.nowMs()
  const redeemed = deps.grants.redeem(token, actor.id, nowMs)
  const watch = 'grant' in redeemed ? deps.watches.get(redeemed.grant.watch) : null
  socket.on('error', () => socket.terminate())
  if (watch === null) {
    end(socket, 'refused' in redeemed ? redeemed.refused : 'live.not-watching')
    return
  }
  attach(deps, socket, watch)
}

function attach(deps: Pick<LiveDeps, 'clock'> & { readonly relay: Relay }, socket: WebSocket, watch: OpenWatch): void {
  // One viewer a watch: whoever reconnects replaces the connection that TCP has not given up yet.
  watch.viewer?.end('replaced')
  const viewing = deps.relay.view(
    watch.device,
    {
      send: (bytes) => send(socket, bytes),
      tell: (text) => tell(socket, text),
      unsentBytes: () => socket.bufferedAmount,
    },
    deps.clock.nowMs(),
  )
  let ended = false
  const viewer = {
    counts: viewing.counts,
    end(reason: string): void {
      if (!ended) {
        ended = true
        const { sent, dropped } = viewing.leave()
        if (watch.viewer === viewer) {
          watch.viewer = null
          watch.earlier = { sent: watch.earlier.sent + sent, dropped: watch.earlier.dropped + dropped }
          watch.detachedAt = deps.clock.nowMs()
        }
        end(socket, reason)
      }
    },
  }
  watch.viewer = viewer
  watch.detachedAt = null
  socket.on('close', () => viewer.end('left'))
  // Viewers have nothing to say here; reading on keeps pings and the closing handshake alive.
  socket.on('message', () => undefined)
}

function end(socket: WebSocket, reason: string): void {
  tell(socket, { type: 'ended', reason })
  socket.close(closeCodes.ended, reason)
}

function tell(socket: WebSocket, text: ViewerText): void {
  send(socket, JSON.stringify(text))
}
