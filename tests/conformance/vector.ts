export type Vector = {
  /** File name without `.zip`. */
  readonly name: string
  /** What is right or wrong with it, for people. */
  readonly about: string
  /** Name of the trust file, without `.json`; null for none. */
  readonly trust: string | null
  readonly make: () => Promise<Uint8Array>
}
