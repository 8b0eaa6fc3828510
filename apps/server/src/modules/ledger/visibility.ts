import type { Role } from '@sereno/contracts'
import type { Actor } from '../../kernel/actor.ts'
import { type CoarseKind, coarseKinds } from './entry.ts'

const everything: ReadonlySet<CoarseKind> = new Set(coarseKinds)
const nothing: ReadonlySet<CoarseKind> = new Set()

/**
 * Whose fields a reader of the ledger sees opened. Everybody who reads the ledger sees every leaf; whoever runs the
 * machines sees what was done to people and machines, not who looked at whom.
 */
const opened: Readonly<Record<Role, ReadonlySet<CoarseKind>>> = {
  overseer: everything,
  'data-protection-officer': everything,
  'internal-affairs': everything,
  custodian: new Set<CoarseKind>([
    'custody',
    'recording',
    'access',
    'live',
    'alarm',
    'device',
    'heads',
    'weakening',
    'tombstone',
  ]),
  supervisor: new Set<CoarseKind>(['device', 'recording', 'live', 'alarm', 'heads', 'weakening', 'tombstone']),
  administrator: new Set<CoarseKind>(['device', 'person', 'policy', 'installation', 'heads', 'weakening', 'tombstone']),
  operator: nothing,
  analyst: nothing,
  manager: nothing,
  officer: nothing,
  police: nothing,
  prosecutor: nothing,
  defence: nothing,
}

export function mayOpen(actor: Actor, coarse: string): boolean {
  return openKinds(actor).some((kind) => kind === coarse)
}

/** Coarse kinds whose entries the reader sees opened. */
export function openKinds(actor: Actor): readonly CoarseKind[] {
  return coarseKinds.filter((kind) => actor.roles.some((role) => opened[role].has(kind)))
}
