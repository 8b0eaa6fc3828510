/** Work that is cheaper done together: rows in, and for each caller what became of its own. */
export type Batcher<Row, Result> = { readonly add: (rows: readonly Row[]) => Promise<Result> }

type Waiting<Row, Result> = {
  readonly rows: readonly Row[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Group commit. The first caller is written at once; whoever comes while that write is under way is written with the
 * next one. So nobody waits for company, and under load the batches grow by themselves. A failed write fails all its
 * callers, who may try again.
 *
 * `write` takes the callers' rows in the order they came and answers one result for each caller.
 */
export function createBatcher<Row, Result>(
  write: (groups: readonly (readonly Row[])[]) => Promise<readonly Result[]>,
  mostRows: number,
): Batcher<Row, Result> {
  let waiting: Waiting<Row, Result>[] = []
  let isWriting = false

  function take(): readonly Waiting<Row, Result>[] {
    let rows = 0
    let callers = 0
    for (const { rows: own } of waiting) {
      if (callers > 0 && rows + own.length > mostRows) {
        break
      }
      rows += own.length
      callers += 1
    }
    const taken = waiting.slice(0, callers)
    waiting = waiting.slice(callers)
    return taken
  }

  async function drain(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const taken = take()
      try {
        const results = await write(taken.map(({ rows }) => rows))
        for (const [index, { resolve, reject }] of taken.entries()) {
          const result = results[index]
          if (result === undefined) {
            reject(new RangeError('a batch answered fewer results than it had callers'))
          } else {
            resolve(result)
          }
        }
      } catch (error) {
        for (const { reject } of taken) {
          reject(error)
        }
      }
    }
    isWriting = false
  }

  return {
    add: (rows) =>
      new Promise((resolve, reject) => {
        waiting.push({ rows, resolve, reject })
        if (!isWriting) {
          void drain()
        }
      }),
  }
}
