import { liveValue, now } from '@sereno/ui'
import { queryClient } from '../api/queries.ts'
import { type Connection, connectRoom, type Line } from './connection.ts'
import { createRoom, type Room } from './room.ts'

/** The room of this window: one socket and one store while somebody is signed in. */
export type LiveRoom = { readonly room: Room; readonly connection: Connection }

/** What the server names when something changed (`kind` or `kind:id`), and what was asked about it. */
const operationsOf: Readonly<Record<string, readonly string[]>> = {
  recording: ['GET /recordings', 'GET /recordings/:id', 'GET /recordings/:id/custody'],
  custody: ['GET /recordings/:id/custody'],
  device: ['GET /devices', 'GET /officers'],
  alarm: ['GET /alarms'],
  account: ['GET /accounts', 'GET /officers'],
  ledger: ['GET /ledger/entries'],
  territory: ['GET /territory'],
}

/** A line for everybody signed in; units and alarms arrive on it for those who may see the room. */
export function openRoom(): LiveRoom {
  const room = createRoom(forget, (run) => setTimeout(run, 250))
  const url = `${location.origin.replace(/^http/, 'ws')}/api/room`
  return { room, connection: connectRoom(url, room.receive) }
}

/** Outside accounts have no room: nothing is opened, and nothing reads as lost. */
export function noRoom(): LiveRoom {
  const line = liveValue<Line>({ state: 'open', since: now() })
  const connection: Connection = { line, heardAt: now, tryNow: () => undefined, dispose: () => undefined }
  return { room: createRoom(forget, (run) => setTimeout(run, 250)), connection }
}

function forget(topics: readonly string[]): void {
  for (const topic of topics) {
    if (topic === 'session') {
      void queryClient.invalidateQueries({ queryKey: ['GET /me'] })
      continue
    }
    const [kind = topic, id] = topic.split(':')
    for (const operation of operationsOf[kind] ?? []) {
      void queryClient.invalidateQueries({
        queryKey: [operation],
        ...(id === undefined || !operation.includes(':id')
          ? {}
          : { predicate: (query) => JSON.stringify(query.queryKey).includes(id) }),
      })
    }
  }
}
