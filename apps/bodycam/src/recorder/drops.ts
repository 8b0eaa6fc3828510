/** Frames that were left out because the phone could not code them in time. */
export type Dropped = { readonly count: number; readonly fromUs: number; readonly toUs: number }
export type Drops = {
  readonly add: (atUs: number) => void
  /** What was left out up to this instant, and forgets it; null when nothing was. */
  readonly take: (untilUs: number) => Dropped | null
}

/** Collects them between two segments, so that each segment is followed by at most one signed gap. */
export function createDrops(): Drops {
  let times: number[] = []
  return {
    add: (atUs) => {
      times.push(atUs)
    },
    take: (untilUs) => {
      const taken = times.filter((atUs) => atUs <= untilUs)
      times = times.filter((atUs) => atUs > untilUs)
      const [fromUs] = taken
      const toUs = taken.at(-1)
      return fromUs === undefined || toUs === undefined ? null : { count: taken.length, fromUs, toUs }
    },
  }
}
