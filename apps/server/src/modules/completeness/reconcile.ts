/**
 * Storage, database and ledger compared, in both directions and in little memory: stored keys and expected keys come as
 * two sorted streams and are merged; entries and manifests come page by page.
 *
 *  1. storage against database: orphaned objects, missing objects     2. sealed recordings against their entries, and back
 *  3. tonight's recordings are read again, byte for byte              4. the report and its entry, in one transaction
 *
 * A crash before 4 leaves no report; the next run begins anew. Nothing is repaired and nothing removed: people decide.
 */
import { sql } from 'kysely'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { keyOrder } from '../evidence/index.ts'
import type { CompletenessDeps, CompletenessSettings } from './door.ts'
import { dayOf } from './heads.ts'
import { rereadTonight } from './reread.ts'

const pageSize = 1000
const findingsKept = 500
const hourMs = 3_600_000

type Found = { readonly code: string; readonly detail: string }
/** What one pass counted; `findings` holds the first {@link findingsKept}. */
export type Compared = {
  objects: number
  expected: number
  orphaned: number
  missing: number
  waiting: number
  entries: number
  unlike: number
  readonly findings: Found[]
}

export function emptyComparison(): Compared {
  return { objects: 0, expected: 0, orphaned: 0, missing: 0, waiting: 0, entries: 0, unlike: 0, findings: [] }
}

function note(compared: Compared, code: string, detail: string): void {
  if (compared.findings.length < findingsKept) {
    compared.findings.push({ code, detail })
  }
}

/** Merges two streams that are sorted alike. `only` names the side that alone has the key. */
export async function merge(
  stored: AsyncIterable<string>,
  expected: AsyncIterable<string>,
  tell: (side: 'both' | 'stored' | 'expected', key: string) => Promise<void> | undefined,
): Promise<void> {
  const left = stored[Symbol.asyncIterator]()
  const right = expected[Symbol.asyncIterator]()
  let [here, there] = [await left.next(), await right.next()]
  while (here.done !== true || there.done !== true) {
    const order =
      here.done === true ? 1 : there.done === true ? -1 : compareKeys(keyOrder(here.value), keyOrder(there.value))
    const side = order === 0 ? 'both' : order < 0 ? 'stored' : 'expected'
    const waiting = tell(side, String(order > 0 ? there.value : here.value))
    if (waiting !== undefined) {
      await waiting
    }
    if (order <= 0) {
      here = await left.next()
    }
    if (order >= 0) {
      there = await right.next()
    }
  }
}

const compareKeys = (left: string, right: string): number => (left === right ? 0 : left < right ? -1 : 1)

/** Step 1. */
export async function compareStorage(
  deps: Pick<CompletenessDeps, 'blobs' | 'evidence' | 'clock'>,
  settings: Pick<CompletenessSettings, 'unacknowledgedMs'>,
  scope: Scope,
  compared: Compared,
): Promise<void> {
  const { municipality } = scope
  const { expected } = deps.evidence
  await merge(deps.blobs.list(`${municipality}/`), expected.keys(municipality), (side, key) => {
    compared.objects += side === 'expected' ? 0 : 1
    compared.expected += side === 'stored' ? 0 : 1
    if (side === 'both') {
      return undefined
    }
    return (async () => {
      // Both streams are of an instant each: asked again, what was moving has settled.
      if (side === 'expected') {
        if (!(await deps.blobs.exists(key)) && (await expected.isExpected(municipality, key))) {
          compared.missing += 1
          note(compared, 'object-missing', key)
        }
      } else if (!(await expected.isExpected(municipality, key))) {
        const hour = Number(key.split('/')[1])
        const young = Number.isInteger(hour) && (hour + 1) * hourMs > deps.clock.nowMs() - settings.unacknowledgedMs
        compared.waiting += young ? 1 : 0
        compared.orphaned += young ? 0 : 1
        if (!young) {
          note(compared, 'object-orphaned', key)
        }
      }
    })()
  })
  const parts: string[] = []
  const judge = async (): Promise<void> => {
    const living = await expected.living(scope, parts)
    for (const recording of parts.splice(0).filter((id) => !living.has(id))) {
      compared.orphaned += 1
      note(compared, 'derivative-orphaned', recording)
    }
  }
  let last = ''
  for await (const key of deps.blobs.list('derivatives/')) {
    compared.objects += 1
    const recording = key.split('/')[1] ?? ''
    if (recording !== last && /^[0-9a-f-]{36}$/.test(recording)) {
      parts.push(recording)
      last = recording
      if (parts.length >= pageSize) {
        await judge()
      }
    }
  }
  await judge()
}

/** Step 2. */
export async function compareLedger(
  deps: Pick<CompletenessDeps, 'ledger' | 'evidence'>,
  scope: Scope,
  compared: Compared,
): Promise<void> {
  const { expected } = deps.evidence
  const entered = new Set<string>()
  const unlike = (code: string, detail: string): void => {
    compared.unlike += 1
    note(compared, code, detail)
  }
  for await (const page of pages(deps, scope, 'recording.sealed')) {
    const named = page.map(({ id, fields }) => ({ id, sha256: fields.get('manifest') ?? '' }))
    const known = await expected.knownManifests(
      scope,
      named.map(({ sha256 }) => sha256).filter((sha256) => /^[0-9a-f]{64}$/.test(sha256)),
    )
    for (const { id, sha256 } of named) {
      compared.entries += 1
      entered.add(id)
      if (sha256 !== '' && !known.has(sha256)) {
        unlike('manifest-gone', sha256)
      }
    }
  }
  for await (const page of pages(deps, scope, 'recording.started')) {
    const ids = page.flatMap(({ fields }) => /recording:([0-9a-f-]{36})/.exec(fields.get('subjects') ?? '')?.[1] ?? [])
    const known = await expected.known(scope, ids)
    compared.entries += page.length
    for (const recording of ids.filter((id) => !known.has(id))) {
      unlike('recording-gone', recording)
    }
  }
  for (let after: { readonly recording: string; readonly number: number } | null = null; ; ) {
    const page = await expected.manifests(scope, after, pageSize)
    for (const { recording, number, entry } of page) {
      if (!entered.has(entry)) {
        unlike('seal-without-entry', `${recording} ${number}`)
      }
    }
    const end = page.at(-1)
    if (end === undefined || page.length < pageSize) {
      return
    }
    after = { recording: end.recording, number: end.number }
  }
}

async function* pages(deps: Pick<CompletenessDeps, 'ledger'>, scope: Scope, kind: string) {
  for (let before: string | null = null; ; ) {
    const page = await deps.ledger.pageOf(scope, kind, before, pageSize)
    yield page
    before = page.at(-1)?.id ?? null
    if (before === null || page.length < pageSize) {
      return
    }
  }
}

/** All four steps. Answers the report's id. */
export async function reconcile(
  deps: CompletenessDeps,
  settings: CompletenessSettings,
  municipality: string,
): Promise<string> {
  const scope = { municipality, actor: systemActor(municipality) }
  const startedAt = deps.clock.nowMs()
  const started = deps.clock.monotonicMs()
  const compared = emptyComparison()
  await compareStorage(deps, settings, scope, compared)
  await compareLedger(deps, scope, compared)
  let wrong = 0
  const read = await rereadTonight(deps, settings, scope, (key) => {
    wrong += 1
    note(compared, 'object-altered', key)
  })
  const { findings, ...counts } = compared
  const id = deps.ids.uuid()
  const figures = { ...counts, rereadRecordings: read.recordings, rereadBytes: read.bytes, wrong }
  const duration = Math.round(deps.clock.monotonicMs() - started)
  await deps.database.transaction(async (tx) => {
    const entry = await deps.ledger.append(tx, {
      municipality,
      kind: 'storage.reconciled',
      coarse: 'installation',
      subjects: [],
      actor: scope.actor,
      fields: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, String(value)])),
    })
    await sql`insert into reconciliation (municipality, id, day, started_at, duration_ms, objects, expected, orphaned,
        missing, waiting, entries, unlike, reread_recordings, reread_bytes, wrong, findings, entry)
      values (${municipality}::uuid, ${id}::uuid, ${dayOf(deps, startedAt)}, ${startedAt}::bigint, ${duration}::bigint,
        ${counts.objects}, ${counts.expected}, ${counts.orphaned}, ${counts.missing}, ${counts.waiting},
        ${counts.entries}, ${counts.unlike}, ${read.recordings}, ${read.bytes}::bigint, ${wrong},
        ${JSON.stringify(findings)}, ${entry.id}::uuid)`.execute(tx)
  })
  return id
}
