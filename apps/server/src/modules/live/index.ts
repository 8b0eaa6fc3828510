import type { Permission, Unit } from '@sereno/contracts'
import type { Actor, Scope } from '../../kernel/actor.ts'
import { createChannels } from './channel-socket.ts'
import { checkLive } from './check.ts'
import type { Live, LiveDeps } from './door.ts'
import { createGrants } from './grants.ts'
import { createNews } from './news.ts'
import { grantFor, openWatch, renewWatch } from './open-watch.ts'
import { createPublishers } from './publish-socket.ts'
import { createRelay } from './relay.ts'
import { createRooms } from './rooms.ts'
import { liveRoutes } from './routes.ts'
import { listen } from './signals.ts'
import { closeCodes } from './socket.ts'
import { sosCalls } from './store.ts'
import { toUnit } from './unit.ts'
import { createUnits } from './units.ts'
import { reconsider, unwanted, type Want } from './wanted.ts'
import { openViewer } from './watch-socket.ts'
import { createWatches } from './watches.ts'

export type { Live, LiveDeps } from './door.ts'

export const liveMigrations = { module: 'live', folder: new URL('./migrations/', import.meta.url) }

/** The door: from what the module needs to what it offers. Nothing else in this folder is importable. */
export function createLive(deps: LiveDeps): Live {
  const grants = createGrants()
  const wants = new Map<string, Want>()
  // Of devices heard in this process: where a change of theirs is to be shown.
  const homes = new Map<string, string>()

  const units = createUnits(deps, {
    changed: (municipality, device) => rooms.changed(municipality, device),
    gone: (municipality, device) => rooms.gone(municipality, device),
  })
  const watches = createWatches(
    deps,
    (municipality, device) => {
      const message = { type: 'watchers', nowMs: deps.clock.nowMs(), watchers: watches.watchersOf(device) }
      deps.fanout.publish(`device.${device}`, message)
      reconsiderStream(device)
      rooms.changed(municipality, device)
    },
    (device) => units.hasCalled(device),
  )
  const relay = createRelay((device) => {
    const municipality = homes.get(device)
    if (municipality !== undefined) {
      rooms.changed(municipality, device)
    }
  })
  const rooms = createRooms(deps, {
    units: (actor) => shownUnits({ municipality: actor.municipality, actor }),
    unit(municipality, device, may) {
      const state = units.get(municipality, device)
      return state === null ? null : toUnit(state, liveOf(device), deps.clock.nowMs(), may)
    },
    fixes: (municipality) => units.fixes(municipality),
  })
  const news = createNews(rooms.changedFor)
  const publishers = createPublishers(deps, relay, heard)
  const channels = createChannels(
    deps,
    units,
    (device) => ({
      hello: { watchers: watches.watchersOf(device), checkpoint: deps.ledger.newestCheckpoint() },
      streamWanted: wants.get(device)?.wanted === true,
    }),
    heard,
  )

  function heard(actor: Actor): void {
    const nowMs = deps.clock.nowMs()
    homes.set(actor.id, actor.municipality)
    deps.fleet.touch(actor.id, nowMs)
    units.heard(actor.municipality, actor.id, nowMs)
  }

  function liveOf(device: string): { streaming: boolean; watchers: number } {
    return { streaming: relay.isStreaming(device), watchers: watches.countOf(device) }
  }

  async function shownUnits(scope: Scope): Promise<readonly Unit[]> {
    const nowMs = deps.clock.nowMs()
    const may = unitActions.filter((action) => deps.identity.permits(scope.actor, action))
    return (await units.all(scope)).map((state) => toUnit(state, liveOf(state.device), nowMs, may))
  }

  function reconsiderStream(device: string): void {
    const demand = watches.countOf(device) > 0 || units.hasCalled(device)
    const { want, tell } = reconsider(wants.get(device) ?? unwanted, demand, deps.clock.nowMs())
    if (want === unwanted) {
      wants.delete(device)
    } else {
      wants.set(device, want)
    }
    if (tell !== null) {
      deps.fanout.publish(`device.${device}`, { type: 'stream', wanted: tell })
    }
  }

  deps.identity.onSessionEnded((session) => {
    rooms.endSession(session)
    watches.closeSession(session).catch((error: unknown) => {
      deps.log.error({ err: error }, 'live: a watch of an ended session waits to be written')
    })
  })
  listen(deps, { units, rooms, channels, publishers, watches, news, reconsider: reconsiderStream })

  const openDeps = { ...deps, units, watches, grants, isStreaming: relay.isStreaming }
  return {
    routes: liveRoutes({ ...openDeps, shownUnits }),
    sockets: [
      {
        path: '/api/room',
        access: 'self.read',
        // An outside account has no room: what changes elsewhere is not its case.
        open: (socket, { actor }) =>
          actor.bound === undefined ? rooms.open(socket, actor) : socket.close(closeCodes.ended, 'access.denied'),
      },
      { path: '/api/device/channel', access: 'device', open: (socket, { actor }) => channels.open(socket, actor) },
      { path: '/api/live/publish', access: 'device', open: (socket, { actor }) => publishers.open(socket, actor) },
      {
        path: '/api/live/watch',
        access: 'live.watch',
        open: (socket, { actor, query }) => openViewer({ ...openDeps, relay }, socket, actor, query.grant ?? ''),
      },
    ],
    timers: [
      { name: 'live.flush', everyMs: 250, run: async () => rooms.flush() },
      { name: 'live.news', everyMs: 1_000, run: async () => news.flush() },
      { name: 'live.sweep', everyMs: 1_000, run: sweep },
      { name: 'live.tick', everyMs: 5_000, run: async () => rooms.tick() },
    ],
    check: checkLive(deps),
    async start() {
      for (const { municipality, alarm, device } of await sosCalls(deps.database.db)) {
        units.called(municipality, alarm, device)
        reconsiderStream(device)
      }
      const closed = await watches.closeLeftOpen()
      if (closed > 0) {
        deps.log.warn({ closed }, 'live: closed watches that the last run left open')
      }
    },
    stop: () => watches.closeAll('server-stop'),
    watchersOf: watches.watchersOf,
    presence: (device) => ({ connected: channels.isConnected(device), seenAt: deps.fleet.seenAt(device) }),
    units: shownUnits,
    registerSnapshot: rooms.registerSnapshot,
    guests: {
      open: (scope, asked, decided) => openWatch(openDeps, scope, asked, decided),
      async renew(scope, id) {
        const watch = watches.own(scope, id)
        await renewWatch(openDeps, scope, watch, true)
        return { expiresAt: watch.expiresAt, grant: grantFor(openDeps, watch) }
      },
      close: (scope, id) => watches.close(watches.own(scope, id).id, 'closed', { actor: scope.actor }),
      end: (scope, account, why) => watches.closeAccount(account, { actor: scope.actor, ...why }),
      view: (socket, actor, grant) => openViewer({ ...openDeps, relay }, socket, actor, grant),
    },
  }

  async function sweep(): Promise<void> {
    relay.sweep(deps.clock.nowMs())
    publishers.sweep()
    channels.sweep()
    units.sweep()
    for (const device of [...wants.keys()]) {
      reconsiderStream(device)
    }
    for (const municipality of rooms.municipalities()) {
      await units.fresh(municipality)
    }
    await watches.sweep()
  }
}

/** What a reader may do with a unit on the map; the object's own policy decides again when it is done. */
const unitActions: readonly Permission[] = ['live.watch', 'live.revoke']
