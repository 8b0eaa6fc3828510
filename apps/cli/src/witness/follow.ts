import { followContinuation, openNote, parseAddCheckpoint, parseCheckpoint, type Successor } from '@sereno/proof'
import type { Cosigner } from './cosigner.ts'
import type { KnownLog, Memory } from './memory.ts'

const withinMs = 10_000

/** `cosigned`: handed in and taken. The rest are for people: the log went back, forked, or could not be reached. */
export type Followed =
  | { readonly told: 'cosigned'; readonly size: number }
  | { readonly told: 'nothing-new' }
  | { readonly told: 'continued'; readonly successor: Successor }
  | { readonly told: 'shrank'; readonly kept: number; readonly size: number }
  | { readonly told: 'forked'; readonly kept: number; readonly size: number }
  | { readonly told: 'bad-signature' | 'not-accepted' | 'unreachable'; readonly detail: string }

/** One round for a witness that nobody can reach: fetches what waits for cosignatures, hands its own in. */
export async function followOnce(
  log: KnownLog & { readonly url: string },
  cosigner: Cosigner,
  memory: Memory,
  handedIn: ReadonlySet<string>,
): Promise<Followed> {
  try {
    const kept = memory.find(log.origin)?.memory?.size ?? 0
    const asked = await get(`${log.url}/log/pending?old=${kept}`)
    if (asked === null) {
      return await judgeSilence(log, kept)
    }
    const note = openNote(parseAddCheckpoint(asked)?.checkpoint ?? '')
    const size = note.ok ? sizeOf(note.value.text) : 0
    if (handedIn.has(`${log.origin} ${size}`)) {
      return { told: 'nothing-new' }
    }
    const answer = await cosigner.answer(asked)
    if (answer.status === 422 || answer.status === 409) {
      return { told: size < kept ? 'shrank' : 'forked', kept, size }
    }
    if (answer.status === 404) {
      const successor = await successorOf(log)
      return successor === null ? { told: 'bad-signature', detail: 'other log' } : { told: 'continued', successor }
    }
    if (answer.status !== 200) {
      return { told: 'bad-signature', detail: String(answer.status) }
    }
    const handed = await fetch(`${log.url}/log/cosignatures`, {
      method: 'POST',
      body: answer.lines,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      signal: AbortSignal.timeout(withinMs),
    })
    return handed.ok
      ? { told: 'cosigned', size: answer.size }
      : { told: 'not-accepted', detail: `${handed.status} ${(await handed.text()).trim().slice(0, 200)}` }
  } catch (error) {
    return { told: 'unreachable', detail: error instanceof Error ? error.message : String(error) }
  }
}

// Nothing that continues what we have seen: either there is no log yet, or it shows less than it did.
async function judgeSilence(log: KnownLog & { readonly url: string }, kept: number): Promise<Followed> {
  const published = await get(`${log.url}/log/checkpoint`)
  const note = published === null ? null : openNote(published)
  const size = note?.ok === true ? sizeOf(note.value.text) : 0
  return size < kept ? { told: 'shrank', kept, size } : { told: 'nothing-new' }
}

// Another log answers at this address: believed only if the one we know says so itself, with its last entry.
async function successorOf(log: KnownLog & { readonly url: string }): Promise<Successor | null> {
  const json = await get(`${log.url}/log/of/${log.origin}/continuation.json`)
  return json === null ? null : followContinuation(json, { origin: log.origin, keys: log.vkeys })
}

function sizeOf(text: string): number {
  const checkpoint = parseCheckpoint(text)
  return checkpoint.ok ? checkpoint.value.size : 0
}

async function get(url: string): Promise<string | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) })
  if (response.status === 404) {
    return null
  }
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`)
  }
  return response.text()
}
