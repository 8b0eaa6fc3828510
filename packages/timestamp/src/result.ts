import type { Accepted, Refused, Result } from '@sereno/proof'

export type { Result }

export function accept<Value>(value: Value): Accepted<Value> {
  return { ok: true, value }
}

export function refuse<Code extends string>(code: Code): Refused<Code> {
  return { ok: false, code }
}
