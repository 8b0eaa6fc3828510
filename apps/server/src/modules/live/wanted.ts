/** A stream nobody wants any more goes on this long: an operator who changes tiles must not make it stutter. */
export const graceMs = 10_000

/** Whether a device should stream beside recording: since when it need not, while the grace runs. */
export type Want = { readonly wanted: boolean; readonly unwantedSince: number | null }
export const unwanted: Want = { wanted: false, unwantedSince: null }

/**
 * The wish after looking at the demand. `tell` is what the phone must be told now, or null. Demand is: somebody
 * watches, or an SOS is open (policy `sos-abre-en-vivo`: help needs the picture before anybody has asked for it).
 */
export function reconsider(
  want: Want,
  demand: boolean,
  nowMs: number,
): { readonly want: Want; readonly tell: boolean | null } {
  if (demand) {
    return { want: { wanted: true, unwantedSince: null }, tell: want.wanted ? null : true }
  }
  if (!want.wanted) {
    return { want, tell: null }
  }
  if (want.unwantedSince === null) {
    return { want: { wanted: true, unwantedSince: nowMs }, tell: null }
  }
  return nowMs - want.unwantedSince >= graceMs ? { want: unwanted, tell: false } : { want, tell: null }
}
