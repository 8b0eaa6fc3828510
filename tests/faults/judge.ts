/** What must hold whenever a server has come back, and what must hold in the end. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Acknowledged } from './fleet-of-phones.ts'
import type { Dice } from './seed.ts'
import type { Ask, Signed } from './two-people.ts'

const dayMs = 86_400_000
/** The shortest term of the profile, and what the law asks at least; cooling-off between the second person and the deed. */
const termDays = 60
const coolingMs = 72 * 3_600_000

/** All that was ever answered with a receipt, kept outside the installation. */
export type Books = {
  readonly acknowledged: Map<string, Map<number, Acknowledged>>
  /** Recording → when its stop was acknowledged, by the server's clock. */
  readonly stoppedAtMs: Map<string, number>
  /** Found destroyed: it never comes back. */
  readonly destroyed: Set<string>
  readonly signed: Signed
}

/** Recordings of which something was acknowledged. */
export const booked = ({ acknowledged }: Books): readonly string[] =>
  [...acknowledged].filter(([, { size }]) => size > 0).map(([recording]) => recording)

type Box = { readonly sequence: number; readonly kind: string; readonly count?: number }
type Seen = {
  readonly recording: { readonly state: string; readonly destroyed: boolean; readonly missing: number }
  readonly segments: readonly Box[]
}

/** A promise that was broken. Everything is told at once: one fault often has several faces. */
export class Broken extends Error {}

export class Findings {
  readonly lines: string[] = []
  demand(holds: boolean, line: string): void {
    if (!holds) {
      this.lines.push(line)
    }
  }
  settle(): void {
    if (this.lines.length > 0) {
      throw new Broken(this.lines.join('\n'))
    }
  }
}

export type Place = { readonly ask: Ask; readonly footage: string; readonly nowMs: number }

/** One recording: every acknowledged segment is there, or it was destroyed as the rules demand and nothing of it is left. */
export async function judgeRecording(place: Place, books: Books, recording: string, findings: Findings): Promise<void> {
  const { status, json } = await place.ask(`GET /recordings/${recording}`)
  if (status !== 200) {
    findings.demand(false, `${recording}: acknowledged, and the server answers ${status} ${JSON.stringify(json)}`)
    return
  }
  const seen = json as unknown as Seen
  if (seen.recording.destroyed) {
    await judgeDestroyed(place, books, recording, findings)
    return
  }
  findings.demand(!books.destroyed.has(recording), `${recording}: destroyed, and back again`)
  const present = new Set(seen.segments.filter(({ kind }) => kind === 'media').map(({ sequence }) => sequence))
  for (const { sequence, kind } of books.acknowledged.get(recording)?.values() ?? []) {
    const isThere = kind === 'media' ? present.has(sequence) : seen.recording.state !== 'receiving'
    findings.demand(isThere, `${recording} ${sequence}: acknowledged, and missing (${seen.recording.state})`)
  }
}

async function judgeDestroyed(place: Place, books: Books, recording: string, findings: Findings): Promise<void> {
  books.destroyed.add(recording)
  const { approvedAtMs, held } = books.signed
  const stopped = books.stoppedAtMs.get(recording)
  const approved = approvedAtMs.get(recording)
  findings.demand(stopped !== undefined, `${recording}: destroyed before its stop was acknowledged`)
  findings.demand(place.nowMs >= (stopped ?? 0) + termDays * dayMs, `${recording}: destroyed before its day`)
  findings.demand(approved !== undefined, `${recording}: destroyed, and no second person approved it`)
  findings.demand(place.nowMs >= (approved ?? 0) + coolingMs, `${recording}: destroyed before the cooling-off ended`)
  findings.demand(!held.has(recording), `${recording}: destroyed although it was held`)
  const look = await place.ask(`POST /recordings/${recording}/looks`, { purpose: 'audit' })
  findings.demand(look.status === 410, `${recording}: destroyed, and a look is answered ${look.status}`)
}

/** Opens a look and reads segments back: the bytes that come out are the ones that a phone sent. */
export async function rereadSome(
  place: Place,
  books: Books,
  recording: string,
  dice: Dice,
  findings: Findings,
): Promise<number> {
  const look = await place.ask(`POST /recordings/${recording}/looks`, { purpose: 'audit' })
  if (look.status !== 200) {
    await judgeRecording(place, books, recording, findings)
    const isExplained = look.status === 410 && books.destroyed.has(recording)
    findings.demand(isExplained, `${recording}: a look is answered ${look.status} ${JSON.stringify(look.json)}`)
    return 0
  }
  const media = [...(books.acknowledged.get(recording)?.values() ?? [])].filter(({ kind }) => kind === 'media')
  const one = dice.pick(media)
  const answered = await place.ask.bytes(`/looks/${String(look.json.look)}/${one.sequence}.m4s`)
  const sha256 = createHash('sha256').update(answered.bytes).digest('hex')
  if (answered.status === 410) {
    await judgeRecording(place, books, recording, findings)
    findings.demand(books.destroyed.has(recording), `${recording}: 410, and it is not destroyed`)
    return 0
  }
  findings.demand(
    answered.status === 200 && sha256 === one.media,
    `${recording} ${one.sequence}: read back, ${answered.status}, ${sha256} instead of ${one.media}`,
  )
  return 1
}

/** Files of footage, by their path below the folder; what is being written is none. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** Of a recording that is destroyed for good nothing lies anywhere. */
export function judgeLeftovers(names: readonly string[], books: Books, where: string, findings: Findings): void {
  for (const name of names) {
    const owner = [...books.destroyed].find((recording) => name.includes(recording))
    findings.demand(owner === undefined, `${where} ${name}: its recording was destroyed`)
  }
}
