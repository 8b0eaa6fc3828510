import { statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { type Permission, type Purpose, purposes } from '@sereno/contracts'
import type { Actor } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Circumstance, Decision, Resource } from '../door.ts'
import { permissionsOf } from './permissions.ts'
import type { PolicySet } from './policies.ts'

/** Decided by no policy: nothing permits it. Shown like a policy's name. */
export const nothingPermits = 'nada-lo-permite'

export type Decide = (
  actor: Actor,
  action: Permission,
  resource: Resource,
  circumstance?: Circumstance & { readonly change?: 'roles' | 'officer' | 'close' },
) => Decision

/** All that policies can see. Whoever shares it shares the decision, so ids of objects are left out. */
type Question = {
  readonly roles: readonly string[]
  readonly kind: string
  readonly principal: {
    readonly municipality: string
    readonly officer: string
    readonly case: string
    readonly expired: boolean
  }
  readonly action: Permission
  readonly resource: {
    readonly municipality: string
    readonly officer: string
    readonly quarantined: boolean
    readonly sos: boolean
    readonly ageHours: number
    readonly self: boolean
    readonly needsOfficer: boolean
    readonly case: string
    readonly revoked: boolean
    readonly download: boolean
    readonly live: boolean
    readonly reserved: boolean
  }
  readonly context: {
    readonly purpose: string
    readonly reference: boolean
    readonly caseOpen: boolean
    readonly change: string
  }
}

const purposeRequired = 'mirar-exige-proposito'
const hourMs = 3_600_000
const manyYears = 1_000_000
const rememberedDecisions = 5_000

/**
 * Decisions by the Cedar policies. They are remembered by question: a list of a thousand units asks a handful of
 * different ones (0.2 ms each), and the same question always has the same answer.
 */
export function createDecide(policies: PolicySet, clock: Clock): Decide {
  const remembered = new Map<string, Decision>()

  function answer(question: Question): Decision {
    const name = JSON.stringify(question)
    const known = remembered.get(name)
    if (known !== undefined) {
      return known
    }
    const decision = evaluate(policies, question)
    if (remembered.size >= rememberedDecisions) {
      remembered.clear()
    }
    remembered.set(name, decision)
    return decision
  }

  return (actor, action, resource, circumstance = {}) => {
    const question = ask(actor, action, resource, circumstance, clock.nowMs())
    const decision = answer(question)
    // "Say why" is only said to whom some reason would help.
    if (decision.policy === purposeRequired) {
      const withPurpose = (purpose: string) => answer({ ...question, context: { ...question.context, purpose } })
      return purposes.some((purpose) => withPurpose(purpose).allowed) ? decision : refusedByNothing
    }
    return decision
  }
}

const refusedByNothing: Decision = { allowed: false, policy: nothingPermits, code: 'access.denied' }

/** The actions allowed for at least one purpose: what an interface offers. */
export function mayDo(decide: Decide, actor: Actor, resource: Resource, actions: readonly Permission[]): Permission[] {
  const held = permissionsOf(actor.roles)
  return actions.filter(
    (action) =>
      held.has(action) &&
      (decide(actor, action, resource).allowed ||
        purposes.some((purpose) => decide(actor, action, resource, { purpose }).allowed)),
  )
}

/** The purposes for which an action on the object would be allowed: what an interface lets one choose from. */
export const purposesFor = (decide: Decide, actor: Actor, action: Permission, resource: Resource): Purpose[] =>
  permissionsOf(actor.roles).has(action)
    ? purposes.filter(
        (purpose) => decide(actor, action, resource, { purpose, reference: 'asked', caseOpen: true }).allowed,
      )
    : []

function ask(
  actor: Actor,
  action: Permission,
  resource: Resource,
  circumstance: Circumstance & { readonly change?: string },
  nowMs: number,
): Question {
  const { attributes } = resource
  const startedAt = attributes.startedAt
  return {
    roles: actor.roles.toSorted(),
    kind: actor.kind,
    principal: {
      municipality: actor.municipality,
      officer: actor.officer ?? '',
      case: actor.bound?.case ?? '',
      expired: actor.bound !== undefined && nowMs >= actor.bound.untilMs,
    },
    action,
    resource: {
      municipality: textOf(attributes.municipality) ?? actor.municipality,
      officer: textOf(attributes.officer) ?? '',
      quarantined: attributes.quarantined === true,
      sos: attributes.sos === true,
      ageHours: typeof startedAt === 'number' ? Math.max(0, Math.floor((nowMs - startedAt) / hourMs)) : manyYears,
      self: (resource.type === 'Account' && resource.id === actor.id) || attributes.proposer === actor.id,
      needsOfficer: attributes.needsOfficer === true,
      case: textOf(attributes.case) ?? '',
      revoked: attributes.revoked === true,
      download: attributes.download === true,
      live: attributes.live === true,
      reserved: attributes.reserved === true,
    },
    context: {
      purpose: circumstance.purpose ?? '',
      reference: (circumstance.reference ?? '') !== '',
      caseOpen: circumstance.caseOpen === true,
      change: circumstance.change ?? '',
    },
  }
}

function evaluate(policies: PolicySet, question: Question): Decision {
  const principal = { type: 'Person', id: 'actor' }
  const resource = { type: 'Thing', id: 'resource' }
  const answer = statefulIsAuthorized({
    principal,
    resource,
    action: { type: 'Action', id: question.action },
    context: { ...question.context },
    preparsedPolicySetId: policies.id,
    entities: [
      {
        uid: principal,
        attrs: { ...question.principal },
        parents: [{ type: 'Kind', id: question.kind }, ...question.roles.map((role) => ({ type: 'Role', id: role }))],
      },
      { uid: resource, attrs: { ...question.resource }, parents: [] },
    ],
  })
  if (answer.type === 'failure') {
    throw new Error(`policies: ${answer.errors.map(({ message }) => message).join('; ')}`)
  }
  const { decision, diagnostics } = answer.response
  // A policy that cannot be evaluated must not silently stop forbidding.
  if (diagnostics.errors.length > 0) {
    throw new Error(`policies: ${diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`)}`)
  }
  const policy = policies.order.find((id) => diagnostics.reason.includes(id)) ?? nothingPermits
  return {
    allowed: decision === 'allow',
    policy,
    code: decision === 'allow' ? 'access.denied' : (policies.codes.get(policy) ?? 'access.denied'),
  }
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
