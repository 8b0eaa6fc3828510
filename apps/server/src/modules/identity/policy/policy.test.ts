import * as contracts from '@sereno/contracts'
import {
  identityOperations,
  type Operation,
  type Permission,
  permissions,
  purposes,
  type Role,
  roles,
} from '@sereno/contracts'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../../kernel/actor.ts'
import type { Circumstance, Resource } from '../door.ts'
import { createDecide, mayDo } from './decide.ts'
import { permissionsOf } from './permissions.ts'
import { loadPolicies } from './policies.ts'

const nowMs = Date.UTC(2026, 10, 20, 12)
const here = '11111111-1111-4111-8111-111111111111'
const elsewhere = '22222222-2222-4222-8222-222222222222'
const me = '33333333-3333-4333-8333-333333333333'
const decide = createDecide(loadPolicies(), { nowMs: () => nowMs, monotonicMs: () => 0 })

const hourMs = 3_600_000
const actorOf = (role: Role, officer: string | null = null, bound?: Actor['bound']): Actor => ({
  kind: 'person',
  id: me,
  municipality: here,
  name: 'Persona de prueba',
  roles: [role],
  officer,
  session: 's',
  device: null,
  ...(bound === undefined ? {} : { bound }),
})
const thing = (attributes: Resource['attributes'] = {}, id = 'x'): Resource => ({ type: 'Recording', id, attributes })

type Scene = {
  readonly name: string
  readonly officer?: string
  readonly bound?: Actor['bound']
  readonly resource: Resource
  readonly circumstance: Circumstance & { readonly change?: 'roles' | 'officer' | 'close' }
}
const scenes: readonly Scene[] = [
  { name: 'no purpose', resource: thing(), circumstance: {} },
  ...purposes.map((purpose) => ({ name: `purpose ${purpose}`, resource: thing(), circumstance: { purpose } })),
  { name: 'with a reference', resource: thing(), circumstance: { purpose: 'incident', reference: '0311' } },
  { name: 'one hour old', resource: thing({ startedAt: nowMs - 3_600_000 }), circumstance: { purpose: 'incident' } },
  {
    name: 'own',
    officer: 'o1',
    resource: thing({ officer: 'o1', startedAt: nowMs }),
    circumstance: { purpose: 'incident' },
  },
  {
    name: 'quarantined',
    resource: thing({ quarantined: true, startedAt: nowMs }),
    circumstance: { purpose: 'incident' },
  },
  { name: 'quarantined, audit', resource: thing({ quarantined: true }), circumstance: { purpose: 'audit' } },
  { name: 'SOS', resource: thing({ sos: true }), circumstance: { purpose: 'sos' } },
  { name: 'another municipality', resource: thing({ municipality: elsewhere }), circumstance: { purpose: 'incident' } },
  {
    name: 'own account, roles',
    resource: { type: 'Account', id: me, attributes: {} },
    circumstance: { change: 'roles' },
  },
  {
    name: 'own account, officer',
    resource: { type: 'Account', id: me, attributes: {} },
    circumstance: { change: 'officer' },
  },
  { name: 'proposed by oneself', resource: thing({ proposer: me }), circumstance: {} },
  { name: 'of a restricted place', resource: thing({ needsOfficer: true }), circumstance: {} },
  { name: 'case reserved', resource: thing({ reserved: true }), circumstance: {} },
  ...guestScenes(),
]

/** What an outside account meets: its case, another one, the end of its time, and what its share leaves out. */
function guestScenes(): readonly Scene[] {
  const bound = { case: 'c1', untilMs: nowMs + hourMs }
  const shared = { case: 'c1', download: true, live: true }
  return [
    { name: 'guest of the case', bound, resource: thing(shared), circumstance: {} },
    { name: 'guest, looking only', bound, resource: thing({ case: 'c1' }), circumstance: {} },
    { name: 'guest of another case', bound, resource: thing({ ...shared, case: 'c2' }), circumstance: {} },
    { name: 'guest of no case', resource: thing(shared), circumstance: {} },
    { name: 'guest, in no case', bound: { ...bound, case: '' }, resource: thing(), circumstance: {} },
    { name: 'guest, time over', bound: { ...bound, untilMs: nowMs }, resource: thing(shared), circumstance: {} },
    { name: 'guest, revoked', bound, resource: thing({ ...shared, revoked: true }), circumstance: {} },
    { name: 'guest, quarantined', bound, resource: thing({ ...shared, quarantined: true }), circumstance: {} },
  ]
}

/** One line for each action and scene: who may, by which policy, and why the others may not. */
function decisionTable(): string {
  const lines = permissions.flatMap((action) => {
    const byOutcome = new Map<string, string[]>()
    for (const scene of scenes) {
      const outcome = outcomeOf(action, scene)
      byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), scene.name])
    }
    const blocks = [...byOutcome].map(([outcome, names]) => {
      return `${names.length === scenes.length ? 'always' : names.join(' · ')}\n${outcome}`
    })
    return ['', `## ${action}`, ...blocks]
  })
  return `# Who may do what, when, and by which policy. Written by policy.test.ts; review every change.\n${lines.join('\n')}\n`
}

function outcomeOf(action: Permission, scene: Scene): string {
  const groups = new Map<string, Role[]>()
  for (const role of roles) {
    const decision = decide(actorOf(role, scene.officer, scene.bound), action, scene.resource, scene.circumstance)
    const outcome = decision.allowed ? `yes ${decision.policy}` : `no  ${decision.policy} (${decision.code})`
    groups.set(outcome, [...(groups.get(outcome) ?? []), role])
  }
  return [...groups]
    .sort(([left], [right]) => right.localeCompare(left))
    .map(([outcome, who]) => `    ${outcome}: ${who.length === roles.length ? 'everybody' : who.join(' ')}`)
    .join('\n')
}

type AnyOperations = Readonly<Record<string, Operation>>

function isOperations(value: unknown): value is AnyOperations {
  return typeof value === 'object' && value !== null && Object.keys(value).every((key) => /^[A-Z]+ \//.test(key))
}

function permissionsPage(): string {
  const groups = Object.entries<unknown>(contracts).flatMap(([name, value]) =>
    name.endsWith('Operations') && isOperations(value) ? Object.entries(value) : [],
  )
  const head = `| operation | access | ${roles.join(' | ')} |\n|---|---|${roles.map(() => ':-:').join('|')}|`
  const mark = (access: Operation['access'], role: Role) => {
    if (access === 'public') {
      return '·'
    }
    return access !== 'device' && permissionsOf([role]).has(access) ? '✓' : ' '
  }
  const rows = groups.map(
    ([name, { access }]) =>
      `| \`${name.replace(' /', ' /api/')}\` | \`${access}\` | ${roles.map((role) => mark(access, role)).join(' | ')} |`,
  )
  return [
    '# Permissions',
    '',
    'Which role may call which operation: ✓ by its permission, · without signing in. Generated by',
    '`apps/server/src/modules/identity/policy/policy.test.ts`, which fails when this page is stale (run it with `-u` to',
    'write it). What a role may then do with one object, for one purpose, is decided by the policies in',
    '`apps/server/src/modules/identity/policy/*.cedar`; every decision of theirs is in `decisions.expected.txt` beside them.',
    '',
    head,
    ...rows,
    '',
  ].join('\n')
}

describe('policies', () => {
  test('decide every role, action and scene as reviewed', async () => {
    await expect(decisionTable()).toMatchFileSnapshot('./decisions.expected.txt')
  })

  test('the matrix of operations and roles is the one in the reference', async () => {
    const page = new URL('../../../../../../docs/reference/permissions.md', import.meta.url)
    await expect(permissionsPage()).toMatchFileSnapshot(page.pathname)
  })

  test.each(roles)('the gate and the policies agree about %s', (role) => {
    const held = permissionsOf([role])
    const reachable = permissions.filter((action) =>
      scenes.some(
        ({ officer, bound, resource, circumstance }) =>
          decide(actorOf(role, officer, bound), action, resource, circumstance).allowed,
      ),
    )
    expect([...held].sort()).toEqual(reachable.toSorted())
  })

  test('a device and a stranger may nothing', () => {
    for (const kind of ['device', 'public'] as const) {
      const actor: Actor = { ...actorOf('operator'), kind, roles: [] }
      expect(permissions.filter((action) => decide(actor, action, thing(), { purpose: 'sos' }).allowed)).toEqual([])
    }
  })

  test('a second role never lifts a ban', () => {
    const both: Actor = { ...actorOf('custodian'), roles: ['custodian', 'administrator'] }
    expect(decide(both, 'recording.view', thing(), { purpose: 'audit' })).toMatchObject({
      allowed: false,
      policy: 'administracion-sin-imagenes',
    })
  })

  test('interfaces are told what some purpose would allow', () => {
    const asked: readonly Permission[] = ['recording.view', 'recording.export', 'recording.custody']
    expect(mayDo(decide, actorOf('supervisor'), thing(), asked)).toEqual(['recording.view', 'recording.custody'])
    expect(mayDo(decide, actorOf('overseer'), thing(), asked)).toEqual(['recording.custody'])
    expect(mayDo(decide, actorOf('supervisor'), thing({ quarantined: true }), asked)).toEqual(['recording.custody'])
  })

  test('every operation of the contract names a permission that exists', () => {
    const known: ReadonlySet<string> = new Set([...permissions, 'public', 'device'])
    expect(Object.values(identityOperations).filter(({ access }) => !known.has(access))).toEqual([])
  })
})
