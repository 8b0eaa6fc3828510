import type { BodyOf, liveOperations, Purpose, ReplyOf } from '@sereno/contracts'
import { type Actor, type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Resource } from '../identity/index.ts'
import type { LiveDeps } from './door.ts'
import type { Grants } from './grants.ts'
import { insertWatch } from './store.ts'
import { statusOf, type UnitState } from './unit.ts'
import type { Units } from './units.ts'
import { type DecidedWatch, type OpenWatch, type WatchRow, watchLivesMs } from './watch.ts'
import type { Watches } from './watches.ts'

type OpenWatchOperation = (typeof liveOperations)['POST /watches']
export type OpenWatchDeps = Pick<
  LiveDeps,
  'database' | 'ledger' | 'identity' | 'fleet' | 'events' | 'clock' | 'ids'
> & {
  readonly units: Units
  readonly watches: Watches
  readonly grants: Grants
  isStreaming(device: string): boolean
}

/**
 * Opens a watch (I-3). In order:
 * 1. The device must be on duty.
 * 2. Cedar decides. A refused look is an entry of its own (`allowed: false`), durable before the refusal is answered.
 * 3. It must have been heard from, or be calling for help: nobody is watched by waiting for them. A place of the
 *    account's four is reserved.
 * 4. One transaction: ledger entry, watch row, event. A crash before it leaves nothing; after it, an open row that
 *    the next start closes. No frame has been sent in either case: there is no grant yet.
 * 5. The signer's promise for the entry. If it fails, the watch is closed again, with its entry.
 * 6. The watch lives: the phone is told who watches and why, and is asked for its stream; only now is there a grant.
 */
export async function openWatch(
  deps: OpenWatchDeps,
  scope: Scope,
  asked: BodyOf<OpenWatchOperation>,
  decided?: DecidedWatch,
): Promise<ReplyOf<OpenWatchOperation>> {
  const { actor } = scope
  const unit = await deps.units.find(scope, asked.device)
  if (unit === null) {
    const device = await deps.fleet.device(scope, asked.device)
    throw new Refusal(device === null ? 'device.not-found' : 'live.device-away')
  }
  const decision = decided === undefined ? decideOn(deps, actor, unit, asked) : { ...decided, allowed: true as const }
  const subjects = [`device:${unit.device}`, `person:${unit.officer.id}`, ...(decided?.subjects ?? [])]
  const fields = {
    device: unit.deviceCode,
    officer: unit.officer.code,
    ...(asked.reference === undefined ? {} : { reference: asked.reference }),
  }
  if (!decision.allowed) {
    await deps.database.transaction((tx) =>
      deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'live.opened',
        coarse: 'live',
        subjects,
        actor,
        purpose: asked.purpose,
        policy: decision.policy,
        allowed: false,
        fields,
      }),
    )
    throw new Refusal(decision.code)
  }
  if (statusOf(unit, deps.clock.nowMs()) === 'away' && !deps.isStreaming(unit.device)) {
    throw new Refusal('live.device-away')
  }
  const release = await deps.watches.reserve(actor.id)
  let watch: OpenWatch
  try {
    const id = deps.ids.uuid()
    const openedAt = deps.clock.nowMs()
    const row = await deps.database.transaction(async (tx) => {
      const { id: entry } = await deps.ledger.append(tx, {
        municipality: scope.municipality,
        kind: 'live.opened',
        coarse: 'live',
        subjects: [...subjects, `watch:${id}`, ...(unit.recording === null ? [] : [`recording:${unit.recording}`])],
        actor,
        purpose: asked.purpose,
        policy: decision.policy,
        allowed: true,
        at: openedAt,
        fields: { ...fields, watch: id },
      })
      const opened: WatchRow = {
        municipality: scope.municipality,
        id,
        device: unit.device,
        account: actor.id,
        accountName: actor.name,
        accountRole: actor.roles[0] ?? '',
        session: actor.session,
        purpose: asked.purpose,
        reference: asked.reference ?? null,
        policy: decision.policy,
        entry,
        openedAt,
      }
      await insertWatch(tx, scope, opened)
      if (decided === undefined) {
        await deps.identity.rememberTask(tx, actor, asked)
      }
      await deps.events.publish(tx, 'watch.opened', scope.municipality, {
        watch: id,
        device: unit.device,
        account: actor.id,
      })
      return opened
    })
    watch = deps.watches.begin(row, deps.clock.nowMs() + watchLivesMs, decided?.untilMs)
  } finally {
    release()
  }
  return answer(deps, watch)
}

/** For what the actor may watch the device now. Throws `live.device-away` for one that is on nobody's shift. */
export async function purposesOf(deps: OpenWatchDeps, scope: Scope, device: string): Promise<Purpose[]> {
  const unit = await deps.units.find(scope, device)
  if (unit === null) {
    throw new Refusal('live.device-away')
  }
  return deps.identity.purposes(scope.actor, 'live.watch', resourceOf(unit))
}

const resourceOf = (unit: UnitState): Resource => ({
  type: 'Unit',
  id: unit.device,
  attributes: { officer: unit.officer.id, sos: unit.alarms.length > 0 },
})

const decideOn = (
  deps: OpenWatchDeps,
  actor: Actor,
  unit: UnitState,
  { purpose, reference }: { readonly purpose: Purpose; readonly reference?: string | null | undefined },
) => deps.identity.decide(actor, 'live.watch', resourceOf(unit), { purpose, reference: reference ?? undefined })

/**
 * Goes on with a watch. Cedar decides again, on the actor and the unit as they are now: a right that has gone ends the
 * watch, with the policy in its closing entry.
 */
export async function renewWatch(deps: OpenWatchDeps, scope: Scope, watch: OpenWatch, decided = false): Promise<void> {
  const by = systemActor(watch.municipality)
  const unit = await deps.units.find(scope, watch.device)
  if (unit === null) {
    await deps.watches.close(watch.id, 'shift-ended', { actor: by })
    throw new Refusal('live.not-watching')
  }
  const decision = decided ? null : decideOn(deps, scope.actor, unit, watch)
  if (decision !== null && !decision.allowed) {
    await deps.watches.close(watch.id, 'not-allowed', { actor: by, policy: decision.policy })
    throw new Refusal(decision.code)
  }
  await deps.watches.renew(watch)
}

async function answer(deps: OpenWatchDeps, watch: OpenWatch): Promise<ReplyOf<OpenWatchOperation>> {
  const row: WatchRow = watch
  try {
    const promise = await deps.ledger.promise(row.entry)
    return {
      id: row.id,
      device: row.device,
      purpose: row.purpose,
      reference: row.reference,
      grant: grantFor(deps, watch),
      entry: row.entry,
      promise,
      policy: row.policy,
      startedAt: row.openedAt,
      expiresAt: watch.expiresAt,
      watermark: `${row.accountName} · ${row.entry.slice(-8)}`,
    }
  } catch (error) {
    await deps.watches.close(row.id, 'not-opened', { actor: systemActor(row.municipality) })
    throw error
  }
}

/** A fresh single-use grant, as long-lived as the watch is until it is renewed. */
export function grantFor(deps: Pick<OpenWatchDeps, 'grants' | 'ids'>, watch: OpenWatch): string {
  const token = deps.ids.token()
  deps.grants.issue(token, { watch: watch.id, account: watch.account, expiresAt: watch.expiresAt })
  return token
}
