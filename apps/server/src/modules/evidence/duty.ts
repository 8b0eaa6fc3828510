/** Who had the device when something was captured, and what a recording is at its birth. */
import { systemActor } from '../../kernel/actor.ts'
import type { DeviceKey, IssueAt } from '../fleet/index.ts'
import type { EvidenceDeps } from './deps.ts'
import { shortCode } from './evidence.ts'
import type { Origin } from './keep.ts'

type Birth = Omit<Origin, 'sos'>

/** A shift lasts hours and segments come each two seconds: an answer holds for captures this near to it. */
const nearMs = 10_000
const positionAgeMs = 60_000

type Answer = { readonly issue: IssueAt | null; readonly capturedAt: number; readonly askedAt: number }

export type Duty = {
  readonly at: (key: DeviceKey, capturedAt: number) => Promise<IssueAt | null>
  readonly origin: (key: DeviceKey, recording: string, issue: IssueAt | null, capturedAt: number) => Promise<Birth>
  /** Forgets a device whose issue has just changed. */
  readonly forget: (device: string) => void
}

export function createDuty(deps: Pick<EvidenceDeps, 'fleet' | 'tracks' | 'territory' | 'database' | 'clock'>): Duty {
  const answers = new Map<string, Answer>()

  async function at(key: DeviceKey, capturedAt: number): Promise<IssueAt | null> {
    const now = deps.clock.monotonicMs()
    const last = answers.get(key.device)
    if (last !== undefined && now - last.askedAt < nearMs && Math.abs(capturedAt - last.capturedAt) < nearMs) {
      return last.issue
    }
    const issue = await deps.fleet.issueAt(deps.database.db, key.device, capturedAt)
    if (answers.size >= 10_000) {
      answers.clear()
    }
    answers.set(key.device, { issue, capturedAt, askedAt: now })
    return issue
  }

  async function origin(key: DeviceKey, recording: string, issue: IssueAt | null, capturedAt: number): Promise<Birth> {
    const fix = deps.tracks.latest(key.municipality).get(key.device)
    const near = fix !== undefined && Math.abs(fix.atMs - capturedAt) <= positionAgeMs ? fix : null
    const found =
      near === null ? null : await deps.territory.quadrantAt(key.municipality, near.longitude, near.latitude)
    const quadrant = found ?? issue?.quadrant ?? null
    return {
      code: shortCode(recording),
      device_code: key.deviceCode,
      simulated: key.simulated,
      officer: issue?.officer.id ?? null,
      officer_code: issue?.officer.code ?? null,
      officer_name: issue?.officer.name ?? null,
      shift: issue?.shift ?? null,
      quadrant: quadrant?.id ?? null,
      quadrant_code: quadrant?.code ?? null,
      longitude: near?.longitude ?? null,
      latitude: near?.latitude ?? null,
    }
  }

  return { at, origin, forget: (device) => void answers.delete(device) }
}

/** The device as an actor in the ledger: it did this, by its signature. */
export function deviceActor(municipality: string, device: string, code: string): ReturnType<typeof systemActor> {
  return { ...systemActor(municipality), kind: 'device', id: device, name: code, device }
}
