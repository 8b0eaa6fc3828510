/** One thing that is not as promised. `code` is stable (`evidence.blob-missing`), `detail` names the object. */
export type Finding = { readonly code: string; readonly detail: string }

/** A module's own examination of what it keeps, run by `sereno check`. No finding means clean. */
export type Checker = {
  readonly name: string
  /** `full` examines every byte instead of a sample, however long that takes. */
  readonly run: (
    report: (finding: Finding) => void,
    options?: { readonly full: boolean },
  ) => Promise<{ readonly examined: number }>
}

/** Work a module wants done again and again. Runs never overlap; a failure is logged and the next run comes. */
export type Cron = { readonly name: string; readonly everyMs: number; readonly run: () => Promise<void> }
