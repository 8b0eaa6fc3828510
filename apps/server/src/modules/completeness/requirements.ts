/** What must have been recorded: policy as data. Incidents by category join when there are incidents with one. */
export const requirements = {
  /** A recording of the device around its SOS. */
  sos: { beforeMs: 2 * 60_000, afterMs: 10 * 60_000 },
  /** At least one recording of the device in a shift of at least this length. */
  shift: { longerThanMs: 4 * 3_600_000 },
} as const
