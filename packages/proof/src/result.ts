/**
 * What every function that reads bytes from outside answers: a value, or a code from a closed list.
 * Nothing in this library throws on hostile input; a throw means the caller broke the contract.
 */
export type Result<Value, Code extends string> = Accepted<Value> | Refused<Code>

export type Accepted<Value> = { readonly ok: true; readonly value: Value }

export type Refused<Code extends string> = { readonly ok: false; readonly code: Code }

export function accept<Value>(value: Value): Accepted<Value> {
  return { ok: true, value }
}

export function refuse<Code extends string>(code: Code): Refused<Code> {
  return { ok: false, code }
}
