/**
 * The type an English catalogue must satisfy: the Spanish one's keys, with any words. Functions keep their
 * parameters, so a sentence that needs a number needs it in both languages.
 */
export type Worded<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...parameters: infer P) => string
      ? (...parameters: P) => string
      : Worded<T[K]>
}
