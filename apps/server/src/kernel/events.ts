import type { EventMap, EventName } from '@sereno/contracts'
import { sql } from 'kysely'
import { afterCommit, type Database, type Db } from './database.ts'
import type { Log } from './log.ts'

/** What modules tell those to their right: written in the transaction of the change, delivered at least once. */
export type Events = {
  readonly publish: <N extends EventName>(tx: Db, name: N, municipality: string, payload: EventMap[N]) => Promise<void>
  /**
   * `subscriber` names the listener for ever (`'incidents.alarm'`): what it has not handled waits under that name. The
   * handler's transaction also marks the delivery, so its own writes happen once; what it does elsewhere may repeat.
   */
  readonly on: <N extends EventName>(
    name: N,
    subscriber: string,
    handle: (payload: EventMap[N], context: EventContext) => Promise<void>,
  ) => void
}
export type EventContext = { readonly municipality: string; readonly db: Db }

export type EventBus = Events & {
  readonly start: () => void
  /** Waits for the deliveries under way. What was not delivered is delivered after the next start. */
  readonly stop: () => Promise<void>
  /** Resolves when nothing is due. For tests and for closing in order. */
  readonly settle: () => Promise<void>
}

type Subscriber = {
  readonly name: string
  readonly events: Map<string, (payload: unknown, context: EventContext) => Promise<void>>
  wake: () => void
  idle: Promise<void>
}

const pollMs = 500
const longestPauseMs = 60_000

/** The outbox over table `event_delivery` (kernel migration): one row for each event and subscriber. */
export function createEvents(database: Database, log: Log): EventBus {
  const subscribers = new Map<string, Subscriber>()
  let stopping: AbortController | null = null

  async function deliverNext(subscriber: Subscriber): Promise<boolean> {
    let taken: { readonly id: number; readonly attempts: number } | null = null
    try {
      return await database.transaction(async (tx) => {
        const found = await sql<Delivery>`
          select id, name, municipality, payload, attempts from event_delivery
          where subscriber = ${subscriber.name} and due_at <= clock_timestamp()
          order by id limit 1 for update skip locked`.execute(tx)
        const delivery = found.rows[0]
        if (delivery === undefined) {
          return false
        }
        taken = delivery
        const handle = subscriber.events.get(delivery.name)
        await handle?.(delivery.payload, { municipality: delivery.municipality, db: tx })
        await sql`delete from event_delivery where id = ${delivery.id}`.execute(tx)
        return true
      })
    } catch (error) {
      log.error({ err: error, subscriber: subscriber.name, delivery: taken }, 'events: a delivery failed')
      return taken !== null && (await postpone(taken))
    }
  }

  async function postpone(delivery: { readonly id: number; readonly attempts: number }): Promise<boolean> {
    const pauseMs = Math.min(200 * 2 ** delivery.attempts, longestPauseMs)
    try {
      await sql`update event_delivery set attempts = attempts + 1,
        due_at = clock_timestamp() + ${pauseMs} * interval '1 millisecond' where id = ${delivery.id}`.execute(
        database.db,
      )
      return true
    } catch {
      return false
    }
  }

  // One delivery at a time for each subscriber keeps its events in order; a failing one waits its turn aside.
  async function run(subscriber: Subscriber, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        subscriber.wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      const idle = Promise.withResolvers<void>()
      subscriber.idle = idle.promise
      while (!signal.aborted && (await deliverNext(subscriber))) {
        // the next one
      }
      idle.resolve()
      const timer = setTimeout(() => subscriber.wake(), pollMs)
      await woken
      clearTimeout(timer)
    }
  }

  const loops: Promise<void>[] = []
  function wakeAll(): void {
    for (const subscriber of subscribers.values()) {
      subscriber.wake()
    }
  }

  return {
    async publish(tx, name, municipality, payload) {
      const interested = [...subscribers.values()].filter((subscriber) => subscriber.events.has(name))
      if (interested.length === 0) {
        return
      }
      await sql`insert into event_delivery (subscriber, name, municipality, payload)
        select subscriber, ${name}, ${municipality}::uuid, ${JSON.stringify(payload)}::text::jsonb
        from json_array_elements_text(${JSON.stringify(interested.map(({ name: own }) => own))}::text::json) as subscriber`.execute(
        tx,
      )
      afterCommit(tx, wakeAll)
    },
    on(name, subscriberName, handle) {
      const subscriber = subscribers.get(subscriberName) ?? {
        name: subscriberName,
        events: new Map(),
        wake: () => undefined,
        idle: Promise.resolve(),
      }
      if (stopping !== null || subscriber.events.has(name)) {
        throw new Error(`events: ${subscriberName} cannot subscribe to ${name} twice, or after the start`)
      }
      // The outbox holds what publish() was given for this name, so the payload is of that event's type.
      subscriber.events.set(name, handle as (payload: unknown, context: EventContext) => Promise<void>)
      subscribers.set(subscriberName, subscriber)
    },
    start() {
      stopping = new AbortController()
      for (const subscriber of subscribers.values()) {
        loops.push(run(subscriber, stopping.signal))
      }
    },
    async stop() {
      stopping?.abort()
      await Promise.all(loops)
    },
    async settle() {
      const due = sql<{ n: number }>`select count(*) as n from event_delivery where due_at <= clock_timestamp()`
      while (((await due.execute(database.db)).rows[0]?.n ?? 0) > 0 && stopping?.signal.aborted !== true) {
        wakeAll()
        await Promise.all([...subscribers.values()].map(({ idle }) => idle))
      }
    },
  }
}

type Delivery = {
  readonly id: number
  readonly name: string
  readonly municipality: string
  readonly payload: unknown
  readonly attempts: number
}
