import { CallFailed, unreachable } from '../../api/call.ts'

/** Sends bytes to a `'stream'` operation. Throws `CallFailed` as every call does. */
export async function send(url: string, bytes: Blob): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/octet-stream', accept: 'application/json' },
      body: bytes,
    })
  } catch {
    throw new CallFailed(unreachable, 0)
  }
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const code = typeof answer === 'object' && answer !== null && 'code' in answer ? String(answer.code) : unreachable
    throw new CallFailed(code, response.status)
  }
  return answer
}
