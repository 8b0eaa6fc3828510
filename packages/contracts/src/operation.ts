import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Permission } from './permissions.ts'

/**
 * One HTTP operation. The same object gives the server its validation, its authorization and its outgoing
 * filter, the browser its types and the documentation its OpenAPI (design: "one object, five uses").
 * `access` is a permission of a person, `'device'` (an enrolled device's session) or `'public'`.
 */
export type Operation = {
  readonly access: Permission | 'device' | 'public'
  readonly summary: string
  readonly params?: TObject
  readonly query?: TObject
  /** A schema, or `'stream'` when the handler reads the bytes itself. */
  readonly body?: TSchema | 'stream'
  /** For a body that may be larger than the megabyte which is the limit of all others. */
  readonly bodyLimitBytes?: number
  /** A schema, or `'stream'` when the handler writes the bytes itself. */
  readonly reply: TSchema | 'stream'
}

export type Operations = Readonly<Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, Operation>>

type Given<S> = S extends TSchema ? Static<S> : undefined

/** What a caller sends, as types. Parts an operation does not declare are `undefined`. */
export type ParamsOf<O extends Operation> = Given<O['params']>
export type QueryOf<O extends Operation> = Given<O['query']>
export type BodyOf<O extends Operation> = O['body'] extends 'stream' ? 'stream' : Given<O['body']>
export type ReplyOf<O extends Operation> = O['reply'] extends 'stream' ? 'stream' : Given<O['reply']>

export const Uuid = Type.String({ format: 'uuid' })
/** An instant: whole milliseconds since the Unix epoch, UTC. */
export const InstantMs = Type.Integer({ minimum: 0, maximum: 9_007_199_254_740_991 })
export const Sha256Hex = Type.String({ pattern: '^[0-9a-f]{64}$' })
export const Base64Url = Type.String({ pattern: '^[A-Za-z0-9_-]*$' })
export const Words = (maxLength: number) => Type.String({ minLength: 1, maxLength })
export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
/** What the reader may do with the object, decided by the server; interfaces hold no rule. */
export const May = Type.Array(Type.String())
export const Done = Type.Object({ ok: Type.Literal(true) })
export const Page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
}
/** Of a path with one id. */
export const ById = Type.Object({ id: Uuid })
/** Of a path with an id and, under it, another thing's. */
export const Within = <Name extends string>(name: Name) =>
  Type.Object({ id: Uuid, [name]: Uuid } as { readonly id: typeof Uuid } & Readonly<Record<Name, typeof Uuid>>)
