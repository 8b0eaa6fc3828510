/**
 * Group commit: what arrives while one batch is being committed makes up the next. Under load one transaction and one
 * fsync of the write-ahead log serve many uploads; an upload that comes alone waits for nobody.
 */
export type Group<Item, Outcome> = { readonly add: (item: Item) => Promise<Outcome> }

type Waiting<Item, Outcome> = {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (problem: unknown) => void
}

/**
 * `run` gets at most `maximumItems` items and answers one outcome for each, in order. When it throws, everybody in
 * that batch is told: none of it was committed.
 */
export function createGroup<Item, Outcome>(
  maximumItems: number,
  run: (items: readonly Item[]) => Promise<readonly Outcome[]>,
): Group<Item, Outcome> {
  let waiting: Waiting<Item, Outcome>[] = []
  let running = false

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maximumItems)
      waiting = waiting.slice(maximumItems)
      try {
        const outcomes = await run(batch.map((one) => one.item))
        for (const [place, one] of batch.entries()) {
          const outcome = outcomes[place]
          if (outcome === undefined) {
            one.reject(new Error('a batch answered fewer outcomes than it had items'))
          } else {
            one.resolve(outcome)
          }
        }
      } catch (problem) {
        for (const one of batch) {
          one.reject(problem)
        }
      }
    }
    running = false
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (!running) {
          running = true
          // A turn of the event loop later, so that uploads finishing in this turn travel together.
          setImmediate(() => void drain())
        }
      }),
  }
}
