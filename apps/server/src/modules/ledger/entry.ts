import { type Field, maximumFields } from '@sereno/proof'
import type { Actor } from '../../kernel/actor.ts'

/** What the public log shows of an entry, and all it shows. Public counts are counts of leaves by it. */
export const coarseKinds = [
  'access',
  'custody',
  'device',
  'recording',
  'live',
  'alarm',
  'person',
  'policy',
  'installation',
  'heads',
  // Whoever only has the public log counts these: protections made weaker, recordings destroyed.
  'weakening',
  'tombstone',
] as const
export type CoarseKind = (typeof coarseKinds)[number]

/** An entry as a module hands it over. */
export type NewEntry = {
  readonly municipality: string
  /** What happened, noun.past: `recording.viewed`. */
  readonly kind: string
  readonly coarse: CoarseKind
  /** What it speaks of: `recording:<uuid>`, `device:<uuid>`, `person:<uuid>`, `alarm:<uuid>`. */
  readonly subjects: readonly string[]
  readonly actor: Actor
  readonly purpose?: string | undefined
  /** Id of the policy that decided. */
  readonly policy?: string | undefined
  /** False for a look that was refused; true when left out. */
  readonly allowed?: boolean | undefined
  readonly fields?: Readonly<Record<string, string>>
  /** When it happened, epoch ms; now when left out. */
  readonly at?: number | undefined
}

/** Fields that every entry may carry; the rest of an entry's fields are its details. */
export const standardFields = [
  'kind',
  'at',
  'actor',
  'who',
  'whoName',
  'role',
  'purpose',
  'policy',
  'allowed',
  'subjects',
] as const

/** Longer ones could be committed to, and then never opened (evidence format, section 5). */
const maximumValueLength = 16_384
const kindPattern = /^[a-z][a-z-]*(?:\.[a-z][a-z-]*)+$/
/** Evidence format, section 5. */
const fieldPattern = /^[a-zA-Z][a-zA-Z0-9.-]{0,63}$/
const subjectPattern = /^[a-z][a-z-]*:[A-Za-z0-9._-]{1,100}$/

/**
 * The values an entry commits to, by field name. Throws TypeError on an entry that no reader could take apart again:
 * that is a mistake of the module that made it, never of a person.
 */
export function valuesOf(entry: NewEntry, nowMs: number): ReadonlyMap<string, string> {
  if (!kindPattern.test(entry.kind) || !entry.subjects.every((subject) => subjectPattern.test(subject))) {
    throw new TypeError(`not a ledger entry: ${entry.kind} ${entry.subjects.join(' ')}`)
  }
  const values = new Map<string, string>(Object.entries(entry.fields ?? {}))
  if (entry.actor.enteredBy !== undefined) {
    values.set('enteredBy', entry.actor.enteredBy)
  }
  const standard: readonly (readonly [(typeof standardFields)[number], string | undefined])[] = [
    ['kind', entry.kind],
    ['at', String(entry.at ?? nowMs)],
    ['actor', entry.actor.kind],
    ['who', entry.actor.id],
    ['whoName', entry.actor.name],
    ['role', entry.actor.roles.length > 0 ? entry.actor.roles.join(' ') : undefined],
    ['purpose', entry.purpose],
    ['policy', entry.policy],
    ['allowed', String(entry.allowed ?? true)],
    ['subjects', entry.subjects.length > 0 ? entry.subjects.join(' ') : undefined],
  ]
  for (const [name, value] of standard) {
    if (values.has(name)) {
      throw new TypeError(`${name} is a standard field of every entry`)
    }
    if (value !== undefined) {
      values.set(name, value)
    }
  }
  // What people typed may hold half a surrogate pair, which has no bytes to hash.
  for (const [name, value] of values) {
    values.set(name, value.toWellFormed())
  }
  if ([...values.values()].some((value) => value.length > maximumValueLength)) {
    throw new TypeError(`a value of ${entry.kind} is longer than ${maximumValueLength} characters`)
  }
  if (values.size > maximumFields) {
    throw new TypeError(`an entry has at most ${maximumFields} fields`)
  }
  if (![...values.keys()].every((name) => fieldPattern.test(name))) {
    throw new TypeError(`a field of ${entry.kind} has a name that cannot be opened`)
  }
  return values
}

/** Gives every value a salt of its own: 32 bytes from one draw of `32 × values`. */
export function salted(values: ReadonlyMap<string, string>, randomBytes: (count: number) => Uint8Array): Field[] {
  const salts = randomBytes(32 * values.size)
  return [...values].map(([name, value], place) => ({ name, value, salt: salts.slice(place * 32, place * 32 + 32) }))
}
