/** Time, chance and network as the engine gets them. */
export type Surroundings = {
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly random: () => number
  readonly uuid: () => string
  /** Runs later; replies with how to call it off. */
  readonly schedule: (delayMs: number, run: () => void) => () => void
  /** An open WebSocket to a path of our own server. */
  readonly openSocket: (path: string) => Promise<WebSocket>
}
