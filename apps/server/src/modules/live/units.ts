import type { Fix, Unit } from '@sereno/contracts'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import type { LiveDeps } from './door.ts'
import { newerFix, seen, statusOf, type UnitState } from './unit.ts'

/** Battery, officer and quadrant are read again this often while somebody looks; everything else arrives by itself. */
export const reloadEveryMs = 10_000
/** The age of the last signal is counted by the reader, from an instant that is never older than this. */
const tellSignalEveryMs = 10_000

type Duties = Awaited<ReturnType<LiveDeps['fleet']['onDuty']>>
type Board = {
  readonly states: Map<string, UnitState>
  /** What rooms were last told of a unit. */
  readonly shown: Map<string, { readonly status: Unit['status']; readonly seenAt: number }>
  loadedAt: number
  stale: boolean
  loading: Promise<void> | null
}
/** Told of everything that moved; the room turns it into messages. */
export type UnitChanges = {
  changed(municipality: string, device: string): void
  gone(municipality: string, device: string): void
}

export type Units = ReturnType<typeof createUnits>

/**
 * The units on duty, in memory, by municipality. Fleet owns who is on duty, tracks the positions, evidence the
 * recordings; here they meet, so that a thousand units at 1 Hz cost no query.
 */
export function createUnits(deps: Pick<LiveDeps, 'fleet' | 'tracks' | 'evidence' | 'clock'>, changes: UnitChanges) {
  const boards = new Map<string, Board>()
  const calls = new Map<string, { readonly device: string; readonly municipality: string }>()
  // What the phone itself says of its recording outranks the evidence, which may be working off yesterday's uploads.
  const said = new Map<string, { readonly recording: string | null; readonly since: number | null }>()

  function alarmsOf(device: string): readonly string[] {
    return [...calls].filter(([, call]) => call.device === device).map(([alarm]) => alarm)
  }

  async function recordingOf(device: string): Promise<{ recording: string | null; since: number | null }> {
    const spoken = said.get(device)
    if (spoken !== undefined) {
      return spoken
    }
    const found = await deps.evidence.recordingOf(device)
    return { recording: found?.id ?? null, since: found?.startedAt ?? null }
  }

  function show(board: Board, state: UnitState): void {
    board.states.set(state.device, state)
    board.shown.set(state.device, { status: statusOf(state, deps.clock.nowMs()), seenAt: state.seenAt ?? 0 })
  }

  function set(municipality: string, board: Board, state: UnitState): void {
    show(board, state)
    changes.changed(municipality, state.device)
  }

  async function load(municipality: string, board: Board): Promise<void> {
    // The first look at a municipality is nobody's news: whoever looks gets all of it.
    const isFirst = board.loadedAt === 0
    board.stale = false
    board.loadedAt = deps.clock.nowMs()
    const duties: Duties = await deps.fleet.onDuty({ municipality, actor: systemActor(municipality) })
    const fixes = deps.tracks.latest(municipality)
    for (const duty of duties) {
      const known = board.states.get(duty.device)
      const recording =
        known === undefined
          ? await recordingOf(duty.device)
          : { recording: known.recording, since: known.recordingSince }
      const fix = fixes.get(duty.device)
      const state: UnitState = {
        device: duty.device,
        deviceCode: duty.deviceCode,
        officer: duty.officer,
        shift: duty.shift,
        quadrant: duty.quadrant === null ? null : { id: duty.quadrant.id, code: duty.quadrant.code },
        simulated: duty.simulated,
        fix: fix === undefined ? (known?.fix ?? null) : newerFix(known?.fix ?? null, fix),
        seenAt: latest(duty.seenAt, deps.fleet.seenAt(duty.device), known?.seenAt ?? null),
        batteryPercent: duty.health?.batteryPercent ?? null,
        recording: recording.recording,
        recordingSince: recording.since,
        alarms: alarmsOf(duty.device),
      }
      if (!isFirst && (known === undefined || !isSame(known, state))) {
        set(municipality, board, state)
      } else {
        show(board, state)
      }
    }
    const onDuty = new Set(duties.map((duty) => duty.device))
    for (const device of [...board.states.keys()].filter((device) => !onDuty.has(device))) {
      board.states.delete(device)
      board.shown.delete(device)
      changes.gone(municipality, device)
    }
  }

  /** Loads once at a time; callers who come meanwhile wait for the same load. */
  async function fresh(municipality: string): Promise<Board> {
    let board = boards.get(municipality)
    if (board === undefined) {
      board = { states: new Map(), shown: new Map(), loadedAt: 0, stale: true, loading: null }
      boards.set(municipality, board)
    }
    const due = board.stale || deps.clock.nowMs() - board.loadedAt >= reloadEveryMs
    if (board.loading === null && due) {
      const loading = load(municipality, board)
      board.loading = loading
      const known = board
      const settle = () => {
        known.loading = null
      }
      loading.then(settle, () => {
        known.stale = true
        settle()
      })
    }
    await board.loading
    return board
  }

  function change(municipality: string, device: string, next: (state: UnitState) => UnitState): void {
    const board = boards.get(municipality)
    const state = board?.states.get(device)
    if (board !== undefined && state !== undefined) {
      const changed = next(state)
      if (changed !== state) {
        set(municipality, board, changed)
      }
    }
  }

  return {
    /** Everybody on duty. */
    async all(scope: Scope): Promise<readonly UnitState[]> {
      return [...(await fresh(scope.municipality)).states.values()]
    },
    /** One unit. Fleet is asked again before it is said not to be on duty: the event of its shift may be on its way. */
    async find(scope: Scope, device: string): Promise<UnitState | null> {
      const board = await fresh(scope.municipality)
      if (!board.states.has(device)) {
        board.stale = true
        await fresh(scope.municipality)
      }
      return board.states.get(device) ?? null
    },
    /** The state in memory, if its municipality was ever looked at. */
    get: (municipality: string, device: string) => boards.get(municipality)?.states.get(device) ?? null,
    /** Where everybody is, as far as known. */
    fixes(municipality: string): ReadonlyMap<string, Fix> {
      const states = [...(boards.get(municipality)?.states.values() ?? [])]
      return new Map(states.flatMap(({ device, fix }) => (fix === null ? [] : [[device, fix] as const])))
    },
    fresh: async (municipality: string) => void (await fresh(municipality)),
    /** Somebody came on duty, left, or was revoked: fleet is asked at the next look. */
    markStale(municipality: string): void {
      const board = boards.get(municipality)
      if (board !== undefined) {
        board.stale = true
      }
    },
    /** A sign of life. Coming back from away is shown at once, the instant itself with the next sweep that is due. */
    heard(municipality: string, device: string, atMs: number): void {
      const board = boards.get(municipality)
      const state = board?.states.get(device)
      if (board !== undefined && state !== undefined) {
        const next = seen(state, atMs)
        if (board.shown.get(device)?.status === statusOf(next, deps.clock.nowMs())) {
          board.states.set(device, next)
        } else {
          set(municipality, board, next)
        }
      }
    },
    moved(municipality: string, device: string, fix: Fix): boolean {
      const board = boards.get(municipality)
      const state = board?.states.get(device)
      if (board === undefined || state === undefined) {
        return false
      }
      const newer = newerFix(state.fix, fix)
      board.states.set(device, { ...state, fix: newer })
      return newer === fix
    },
    /** @param spoken by the phone itself; otherwise the evidence says so, and the phone's word stands. */
    recording(municipality: string, device: string, recording: string | null, since: number | null, spoken: boolean) {
      if (spoken) {
        said.set(device, { recording, since })
      } else if (said.has(device)) {
        return
      }
      change(municipality, device, (state) =>
        state.recording === recording ? state : { ...state, recording, recordingSince: since },
      )
    },
    /** The phone's channel closed: its word no longer outranks the evidence. */
    silent: (device: string) => void said.delete(device),
    called(municipality: string, alarm: string, device: string): void {
      calls.set(alarm, { device, municipality })
      change(municipality, device, (state) => ({ ...state, alarms: alarmsOf(device) }))
    },
    answered(municipality: string, alarm: string): string | null {
      const call = calls.get(alarm)
      calls.delete(alarm)
      if (call !== undefined) {
        change(municipality, call.device, (state) => ({ ...state, alarms: alarmsOf(call.device) }))
      }
      return call?.device ?? null
    },
    hasCalled: (device: string) => alarmsOf(device).length > 0,
    /** Shows who fell silent since the last sweep, and who has been heard since rooms were last told. */
    sweep(): void {
      const nowMs = deps.clock.nowMs()
      for (const [municipality, board] of boards) {
        for (const state of board.states.values()) {
          const heard = seen(state, deps.fleet.seenAt(state.device) ?? 0)
          const shown = board.shown.get(state.device)
          const isOld = (heard.seenAt ?? 0) - (shown?.seenAt ?? 0) >= tellSignalEveryMs
          if (isOld || statusOf(heard, nowMs) !== shown?.status) {
            set(municipality, board, heard)
          } else if (heard !== state) {
            board.states.set(state.device, heard)
          }
        }
      }
    },
  }
}

function latest(...instants: readonly (number | null)[]): number | null {
  return instants.reduce((newest, one) => (one !== null && (newest === null || one > newest) ? one : newest), null)
}

/** Whether a reader would see a difference beyond position and age, which travel on their own. */
function isSame(one: UnitState, other: UnitState): boolean {
  const shown = ({ fix: _fix, seenAt: _seenAt, ...rest }: UnitState) => JSON.stringify(rest)
  return shown(one) === shown(other)
}
