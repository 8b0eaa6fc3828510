/** The two without whom nothing is destroyed, at their desks while the server dies and comes back. */
import type { Ready } from './mortal.ts'

export type Json = Record<string, unknown>
/** Somebody signed in: `ask('GET /retention')` answers status and body, `ask.bytes('/looks/…')` what is not JSON. */
export type Ask = {
  (name: string, body?: unknown): Promise<{ readonly status: number; readonly json: Json }>
  readonly bytes: (path: string) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>
}

export async function enter({ url, links }: Pick<Ready, 'url' | 'links'>, role: string): Promise<Ask> {
  const token = new URL(links[role] ?? '').hash.slice('#link='.length)
  const headers = { 'content-type': 'application/json' }
  const opened = await fetch(`${url}/api/session/link`, { method: 'POST', headers, body: JSON.stringify({ token }) })
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const ask = async (name: string, body?: unknown): Promise<{ status: number; json: Json }> => {
    const [method = 'GET', path = '/'] = name.split(' ')
    const answered = await fetch(`${url}/api${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : headers) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answered.status, json: (await answered.json()) as Json }
  }
  const bytes = async (path: string): Promise<{ status: number; bytes: Uint8Array }> => {
    const answered = await fetch(`${url}/api${path}`, { headers: { cookie } })
    return { status: answered.status, bytes: new Uint8Array(await answered.arrayBuffer()) }
  }
  return Object.assign(ask, { bytes })
}

type Batch = { readonly id: string; readonly state: string; readonly acta: { readonly number: string } | null }
type Item = { readonly recording: string; readonly state: string }

/** What both have signed for, as they remember it themselves. */
export type Signed = {
  /** Recording → when the second person said yes, by the server's clock. */
  readonly approvedAtMs: Map<string, number>
  /** Recordings on which a hold was placed and acknowledged. */
  readonly held: Set<string>
  /** Recordings of which both wish to keep what they are about. */
  readonly wantsHold: (recording: string) => boolean
}

/** One look at the pile: reviews what is proposed, approves what is reviewed. Answers the states of all batches. */
export async function workThroughBatches(
  custodian: Ask,
  officer: Ask,
  signed: Signed,
  nowMs: () => number,
): Promise<readonly Batch[]> {
  const batches = ((await custodian('GET /retention/batches')).json.batches ?? []) as readonly Batch[]
  for (const { id, state } of batches) {
    if (state === 'proposed') {
      for (const { recording } of await itemsOf(custodian, id)) {
        if (signed.wantsHold(recording) && !signed.held.has(recording)) {
          const body = { reason: 'Carpeta 12', basis: 'investigation' }
          if ((await custodian(`POST /recordings/${recording}/holds`, body)).status === 200) {
            signed.held.add(recording)
          }
        }
      }
      await custodian(`POST /retention/batches/${id}/review`, { schedule: 'PCD-1', leaveOut: [] })
    } else if (state === 'reviewed') {
      // Written down before it is said: an answer that a kill swallowed may have been a yes.
      for (const { recording } of await itemsOf(officer, id)) {
        signed.approvedAtMs.set(recording, nowMs())
      }
      await officer(`POST /retention/batches/${id}/approve`)
    }
  }
  return batches
}

async function itemsOf(ask: Ask, batch: string): Promise<readonly Item[]> {
  return ((await ask(`GET /retention/batches/${batch}`)).json.items ?? []) as readonly Item[]
}
