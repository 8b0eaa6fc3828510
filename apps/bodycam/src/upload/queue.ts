/**
 * When to send what. Pure: given what is held and what happened to it, it says what may go next.
 * A refused piece waits alone; the network being away makes all wait together.
 */
export type QueueItem = {
  readonly recording: string
  readonly sequence: number
  readonly attempts: number
  readonly nextAtMs: number
  /** Why the server refused it the last time; null while nothing but the network stood in the way. */
  readonly refusal: string | null
}
export type Queue = {
  readonly items: Map<string, QueueItem>
  readonly sending: Set<string>
  /** Nothing is sent before this instant: the server could not be reached. */
  pausedUntilMs: number
  networkFailures: number
}

export function emptyQueue(): Queue {
  return { items: new Map(), sending: new Set(), pausedUntilMs: 0, networkFailures: 0 }
}

export function keyOf(piece: { readonly recording: string; readonly sequence: number }): string {
  return `${piece.recording}/${piece.sequence}`
}

export function enqueue(queue: Queue, recording: string, sequence: number): void {
  const key = keyOf({ recording, sequence })
  if (!queue.items.has(key)) {
    queue.items.set(key, { recording, sequence, attempts: 0, nextAtMs: 0, refusal: null })
  }
}

/** What to send now, oldest first, and never more than `parallel` at once; pieces never refused go before others. */
export function takeNext(queue: Queue, nowMs: number, parallel: number): readonly QueueItem[] {
  // after a failure one probe is enough to learn that the server is back
  const room = (queue.networkFailures > 0 ? 1 : parallel) - queue.sending.size
  if (room <= 0 || nowMs < queue.pausedUntilMs) {
    return []
  }
  const ready: QueueItem[] = []
  const refused: QueueItem[] = []
  for (const [key, item] of queue.items) {
    if (item.nextAtMs > nowMs || queue.sending.has(key)) {
      continue
    }
    if (item.refusal === null) {
      ready.push(item)
      if (ready.length === room) {
        break
      }
    } else {
      refused.push(item)
    }
  }
  const taken = [...ready, ...refused].slice(0, room)
  for (const item of taken) {
    queue.sending.add(keyOf(item))
  }
  return taken
}

export function delivered(queue: Queue, item: QueueItem): void {
  queue.sending.delete(keyOf(item))
  queue.items.delete(keyOf(item))
  queue.networkFailures = 0
  queue.pausedUntilMs = 0
}

/** The server was not reached, or has no room for anything: everything waits, at most a minute, so that hours without a network cost no battery. */
export function unreachable(queue: Queue, item: QueueItem, nowMs: number, random: number): void {
  queue.sending.delete(keyOf(item))
  queue.networkFailures += 1
  queue.pausedUntilMs = nowMs + spread(Math.min(1000 * 2 ** Math.min(queue.networkFailures - 1, 10), 60_000), random)
}

/** The server refused this one. It is asked again ever more rarely, for days: a restored server may know better. */
export function refused(queue: Queue, item: QueueItem, refusal: string, nowMs: number, random: number): void {
  const key = keyOf(item)
  queue.sending.delete(key)
  queue.networkFailures = 0
  const attempts = item.attempts + 1
  const firstMs = passing.has(refusal) ? 2_000 : 30_000
  const waitMs = Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), 3_600_000)
  queue.items.set(key, { ...item, attempts, refusal, nextAtMs: nowMs + spread(waitMs, random) })
}

/** The network came back, or a person asks: no waiting. */
export function hurry(queue: Queue): void {
  queue.pausedUntilMs = 0
  for (const [key, item] of queue.items) {
    queue.items.set(key, { ...item, nextAtMs: 0 })
  }
}

/** When something can next be done, or null when only time will not help. */
export function nextWakeMs(queue: Queue): number | null {
  let earliest: number | null = null
  for (const [key, item] of queue.items) {
    if (!queue.sending.has(key)) {
      const at = Math.max(item.nextAtMs, queue.pausedUntilMs)
      earliest = earliest === null ? at : Math.min(earliest, at)
    }
  }
  return earliest
}

/** Refused by its content, not for a moment, or failed at again and again: the officer should see it. */
export function stuckItems(queue: Queue): readonly QueueItem[] {
  return [...queue.items.values()].filter(
    ({ refusal, attempts }) =>
      refusal !== null && (refusal === 'bug' ? attempts >= triesBeforeStuck : !passing.has(refusal)),
  )
}

/** A server that fails at a piece may be mended, or be busy with something else, a moment later. */
const triesBeforeStuck = 3

/** Refusals that may pass by themselves. */
const passing: ReadonlySet<string> = new Set(['bug', 'request.too-slow', 'request.too-many', 'installation.not-set-up'])

function spread(waitMs: number, random: number): number {
  return Math.round(waitMs * (0.75 + random / 2))
}
