import type { Json } from './canonical-json.ts'

/** Reads one JSON value as `Value`, or answers undefined. JSON has no undefined, so it is free to mean "refused". */
export type Check<Value> = (value: Json) => Value | undefined

/** An object with exactly these members: a missing or an additional one is refused. */
export function shape<Value extends object>(
  members: { readonly [Name in keyof Value]: Check<Value[Name]> },
): Check<Value> {
  const checks = Object.entries<Check<unknown>>(members)
  return (value) => {
    if (typeof value !== 'object' || value === null || !isObject(value)) {
      return undefined
    }
    if (Object.keys(value).length !== checks.length) {
      return undefined
    }
    const read: Record<string, unknown> = {}
    for (const [name, check] of checks) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined
      const checked = member === undefined ? undefined : check(member)
      if (checked === undefined) {
        return undefined
      }
      read[name] = checked
    }
    // Every member of Value was read by the check that the parameter's type pairs with it.
    return read as Value
  }
}

export function list<Value>(item: Check<Value>, maximumLength: number): Check<readonly Value[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > maximumLength) {
      return undefined
    }
    const read: Value[] = []
    for (const element of value) {
      const checked = item(element)
      if (checked === undefined) {
        return undefined
      }
      read.push(checked)
    }
    return read
  }
}

export function integer(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Check<number> {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum ? value : undefined
}

export function text(pattern: RegExp): Check<string> {
  return (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined)
}

export function oneOf<const Value extends string | number | boolean>(...values: readonly Value[]): Check<Value> {
  return (value) => values.find((candidate) => candidate === value)
}

export function nullable<Value>(check: Check<Value>): Check<Value | null> {
  return (value) => (value === null ? null : check(value))
}

export const flag: Check<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)

/** RFC 9562 in lower case with hyphens. */
export const uuid: Check<string> = text(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)

/** A SHA-256 value: 64 lower-case hexadecimal digits. */
export const hash: Check<string> = text(/^[0-9a-f]{64}$/)

/** A kind, an action, a reason: lower-case words joined by `-` or `.`. */
export const token: Check<string> = text(/^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$/)

/** Milliseconds since 1970 UTC, up to the year 9999. */
export const instantMs: Check<number> = integer(0, 253_402_300_799_999)

function isObject(value: object): value is { readonly [name: string]: Json } {
  return !Array.isArray(value)
}
