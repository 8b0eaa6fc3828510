/**
 * Group commit: what arrives while one batch is being committed makes up the next. Under load one transaction and one
 * fsync of the write-ahead log serve many uploads, looks or entries; one that comes alone waits for nobody.
 */
export type Group<Item, Outcome> = { readonly add: (item: Item) => Promise<Outcome> }

type Waiting<Item, Outcome> = {
  readonly item: Item
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (problem: unknown) => void
}

/**
 * `run` gets at most `maximumItems` items and answers one outcome for each, in order. When it throws, none of that
 * batch was committed; each is then tried alone, so that one that cannot be kept does not take the others with it.
 * With two `lanes` the next batch is prepared and sent while the database commits the one before.
 */
export function createGroup<Item, Outcome>(
  maximumItems: number,
  run: (items: readonly Item[]) => Promise<readonly Outcome[]>,
  lanes = 1,
): Group<Item, Outcome> {
  let waiting: Waiting<Item, Outcome>[] = []
  let running = 0

  async function settle(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
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
      if (batch.length === 1) {
        batch[0]?.reject(problem)
        return
      }
      for (const one of batch) {
        await settle([one])
      }
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maximumItems)
      waiting = waiting.slice(maximumItems)
      await settle(batch)
    }
    running -= 1
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (running < lanes) {
          running += 1
          // A turn of the event loop later, so that what comes in this turn travels together.
          setImmediate(() => void drain())
        }
      }),
  }
}
