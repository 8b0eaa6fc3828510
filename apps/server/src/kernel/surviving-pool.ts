import type postgres from 'postgres'

type Sql = postgres.Sql<{ bigint: number }>
type Closings = Set<(connection: number) => void>
type Pool = { readonly sql: Sql; readonly closings: Closings; readonly madeAtMs: number; replacing: boolean }

const endSeconds = 5
const replaceEveryMs = 200

/**
 * A postgres.js pool that outlives a restart of PostgreSQL. Version 3.4 does not by itself, in two places:
 * - a reservation that fails stays in its queue, and the next connection is handed to nobody: after as many failures as
 *   connections the pool waits for ever. So a pool that failed is replaced by a new one, and ended when its work is done;
 * - the holder of a reserved connection is not told that it died: the next query (Kysely's `rollback` above all) waits for
 *   ever. So the loss rejects what is under way and what follows.
 * Whoever holds the answer of this function sees one pool all the time.
 */
export function createSurvivingPool(open: (onclose: (connection: number) => void) => Sql): Sql {
  let current = make()

  function make(): Pool {
    const closings: Closings = new Set()
    const sql = open((connection) => {
      for (const listener of [...closings]) {
        listener(connection)
      }
    })
    return { sql, closings, madeAtMs: performance.now(), replacing: false }
  }

  async function reserve(): Promise<postgres.ReservedSql> {
    const pool = current
    try {
      return noticing(await pool.sql.reserve(), pool.closings)
    } catch (error) {
      replaceSoon(pool)
      throw error
    }
  }

  // At once, or a moment after the last time: while PostgreSQL is away, callers fail by the hundred a second.
  function replaceSoon(pool: Pool): void {
    if (pool !== current || pool.replacing) {
      return
    }
    pool.replacing = true
    setTimeout(replace, Math.max(0, pool.madeAtMs + replaceEveryMs - performance.now()), pool).unref()
  }

  function replace(pool: Pool): void {
    current = make()
    void pool.sql.end({ timeout: endSeconds }).catch(() => undefined)
  }

  return new Proxy(current.sql, {
    apply: (_target, _this, parameters) => Reflect.apply(current.sql, undefined, parameters),
    get: (_target, key) => (key === 'reserve' ? reserve : Reflect.get(current.sql, key)),
  })
}

function noticing(reserved: postgres.ReservedSql, closings: Closings): postgres.ReservedSql {
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  let connection: number | null = null
  let isLost = false
  const listener = (closed: number): void => {
    if (closed === connection) {
      isLost = true
      lost.reject(Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' }))
    }
  }
  closings.add(listener)
  const unsafe = (text: string, parameters: never[], options: object): Promise<unknown> => {
    if (isLost) {
      return lost.promise
    }
    // `onexecute` is how postgres.js itself learns which connection carries a transaction.
    const onexecute = (carrier: { readonly id: number }): true => {
      connection = carrier.id
      return true
    }
    return Promise.race([reserved.unsafe(text, parameters, { ...options, onexecute } as object), lost.promise])
  }
  const release = (): void => {
    closings.delete(listener)
    // The pool takes a dead connection back by itself; releasing it would put it among the open ones.
    if (!isLost) {
      reserved.release()
    }
  }
  return new Proxy(reserved, {
    get: (target, key) => (key === 'unsafe' ? unsafe : key === 'release' ? release : Reflect.get(target, key)),
  })
}
