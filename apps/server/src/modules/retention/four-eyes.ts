/** Who decides what here: the policy, asked about one thing and who proposed it. */
import type { Permission } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import type { RetentionDeps } from './door.ts'

type About = { readonly proposer?: string | null; readonly needsOfficer?: boolean }

function resourceOf(id: string, { proposer, needsOfficer }: About) {
  return {
    type: 'Retention',
    id,
    attributes: {
      ...(proposer === undefined || proposer === null ? {} : { proposer }),
      ...(needsOfficer === undefined ? {} : { needsOfficer }),
    },
  }
}

/** The deciding policy's name. Throws Refusal with its code: `retention.second-person` for what one proposed oneself. */
export function demand(deps: RetentionDeps, scope: Scope, action: Permission, id: string, about: About = {}): string {
  return deps.identity.require(scope.actor, action, resourceOf(id, about)).policy
}

export function mayDo(
  deps: RetentionDeps,
  scope: Scope,
  id: string,
  actions: readonly Permission[],
  about: About = {},
): string[] {
  return deps.identity.may(scope.actor, resourceOf(id, about), actions)
}

export function timeZoneOf(deps: Pick<RetentionDeps, 'identity'>): string {
  return deps.identity.municipality()?.timeZone ?? 'America/Lima'
}
