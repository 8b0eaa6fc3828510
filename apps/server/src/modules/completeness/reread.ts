/**
 * Which recordings are read again tonight: one in `days` by their id, so that all are within that many nights, and those
 * that a missed night left older than that.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Scope } from '../../kernel/actor.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'

const dayMs = 86_400_000

/** The night of a recording, 0 to `days` − 1, by the last four bytes of its UUID (the first may be a clock's). */
export function nightOf(recording: string, days: number): number {
  return Number.parseInt(recording.slice(-8), 16) % days
}

export function isTurn(
  recording: { readonly id: string; readonly sealedAt: number; readonly readAt: number | null },
  nowMs: number,
  days: number,
): boolean {
  const since = recording.readAt ?? recording.sealedAt
  const tonight = Math.floor(nowMs / dayMs) % days === nightOf(recording.id, days)
  return (tonight && since < nowMs - dayMs / 2) || since < nowMs - days * dayMs
}

/** Keeps reading below a rate: waits until the bytes asked for so far are due. */
export function paceOf(bytesPerSecond: number, nowMs: () => number): (bytes: number) => Promise<void> {
  const startedAt = nowMs()
  let asked = 0
  return async (bytes) => {
    asked += bytes
    const ahead = (asked / bytesPerSecond) * 1000 - (nowMs() - startedAt)
    if (ahead > 5) {
      await wait(ahead)
    }
  }
}

export async function readAtOf(
  deps: CompletenessDeps,
  { municipality }: Scope,
  recordings: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ recording: string; read_at: number }>`select recording, read_at from reread
    where municipality = ${municipality}::uuid
      and recording = any(${`{${recordings.join(',')}}`}::text::uuid[])`.execute(deps.database.db)
  return new Map(found.rows.map((row) => [row.recording, row.read_at]))
}

/** Every sealed, kept recording with when it was last read, a page at a time. */
export async function* sealedWithReading(deps: CompletenessDeps, scope: Scope) {
  for (let after: string | null = null; ; ) {
    const page = await deps.evidence.expected.sealed(scope, after, 1000)
    const readAt = await readAtOf(
      deps,
      scope,
      page.map(({ id }) => id),
    )
    for (const one of page) {
      yield { ...one, readAt: readAt.get(one.id) ?? null }
    }
    after = page.at(-1)?.id ?? null
    if (after === null || page.length < 1000) {
      return
    }
  }
}

/** Reads tonight's recordings whole. Answers what was wrong, by key. */
export async function rereadTonight(
  deps: CompletenessDeps,
  settings: CompletenessSettings,
  scope: Scope,
  wrong: (key: string) => void,
): Promise<{ readonly recordings: number; readonly bytes: number }> {
  const pace = paceOf(settings.rereadBytesPerSecond, deps.clock.monotonicMs)
  let [recordings, bytes] = [0, 0]
  for await (const one of sealedWithReading(deps, scope)) {
    if (isTurn(one, deps.clock.nowMs(), settings.rereadDays)) {
      const read = await deps.evidence.expected.reread(scope, one.id, pace)
      read.wrong.forEach(wrong)
      recordings += 1
      bytes += read.bytes
      await sql`insert into reread (municipality, recording, read_at, right_bytes)
        values (${scope.municipality}::uuid, ${one.id}::uuid, ${deps.clock.nowMs()}::bigint, ${read.wrong.length === 0})
        on conflict (municipality, recording) do update set read_at = excluded.read_at,
          right_bytes = excluded.right_bytes`.execute(deps.database.db)
    }
  }
  return { recordings, bytes }
}
