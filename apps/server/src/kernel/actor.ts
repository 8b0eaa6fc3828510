import type { Role } from '@sereno/contracts'

/** Who acts. Every store function demands the scope it acts in, so a query without a municipality does not compile. */
export type Actor = {
  readonly kind: 'person' | 'device' | 'system' | 'public'
  /** Account id, device id, or the name of the part of the system. */
  readonly id: string
  readonly municipality: string
  readonly name: string
  readonly roles: readonly Role[]
  /** The officer this person is, or the device is issued to. */
  readonly officer: string | null
  readonly session: string | null
  readonly device: string | null
  /** Name of whoever made the link that opened the session, when it was somebody else: what is done there says so. */
  readonly enteredBy?: string
  /** Nothing but one's own account is open until a second factor is proven in this session. */
  readonly factorDemanded?: true
  /** An outside account: the one case it may see, and until when (epoch ms). Absent for everybody else. */
  readonly bound?: { readonly case: string; readonly untilMs: number }
}

export type Scope = { readonly municipality: string; readonly actor: Actor }

const nobody = { roles: [], officer: null, session: null, device: null } as const
/** RFC 9562 §5.9: no municipality. What a stranger or the installation itself acts in. */
export const noMunicipality = '00000000-0000-0000-0000-000000000000'

/** The installation acting by itself: jobs, timers, event handlers. */
export function systemActor(municipality: string): Actor {
  return { kind: 'system', id: 'system', municipality, name: 'Sereno', ...nobody }
}

/** Somebody who has not signed in, at a public operation. */
export const publicActor: Actor = { kind: 'public', id: 'public', municipality: noMunicipality, name: '', ...nobody }

export function scopeOf(actor: Actor): Scope {
  return { municipality: actor.municipality, actor }
}
