/** The whole server, and short recordings of a category. */
import { createHash } from 'node:crypto'
import type { Category } from '@sereno/contracts'
import { openWholeHouse, type WholeHouse } from '../../whole-house.test-kit.ts'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { uploadAll } from '../evidence/issued-phone.test-kit.ts'

export { need } from '../../test-kit/index.ts'

export type House = WholeHouse & {
  /** Records two segments now and seals them. Answers the recording's id. */
  readonly record: (phone: FakePhone, category?: Category) => Promise<string>
  /** What was recorded, to go on signing for it. */
  readonly recorded: (id: string) => FakeRecording
}

export const dayMs = 86_400_000

/** Runs `work` while the owner's transaction holds what `change` locked, until it waits for that or is done. */
export async function whileUncommitted<T>(
  { owner }: Pick<House, 'owner'>,
  change: (sql: Parameters<Parameters<House['owner']['begin']>[1]>[0]) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  let working: Promise<T> | undefined
  await owner.begin(async (sql) => {
    await change(sql)
    working = work()
    const answered = working.then(() => true)
    const deadline = Date.now() + 20_000
    for (let isWaiting = false; !isWaiting && Date.now() < deadline; ) {
      const [row] = await sql<{ n: number }[]>`select count(*)::int as n from pg_locks where not granted`
      const isDone = await Promise.race([answered, new Promise<false>((done) => setTimeout(() => done(false), 20))])
      isWaiting = isDone || (row?.n ?? 0) > 0
    }
  })
  return working as Promise<T>
}

export async function openHouse(): Promise<House> {
  const house = await openWholeHouse()
  const made = new Map<string, FakeRecording>()
  return {
    ...house,
    async record(phone, category) {
      const recording = phone.record()
      made.set(recording.id, recording)
      await recording.media(createHash('sha256').update(recording.id).digest())
      await recording.media(createHash('sha512').update(recording.id).digest())
      await recording.stop()
      await uploadAll(phone, recording)
      if (category !== undefined) {
        await phone.api('POST', `/api/device/recordings/${recording.id}/category`, { category })
      }
      await house.tick()
      await house.tick()
      return recording.id
    },
    recorded(id) {
      const recording = made.get(id)
      if (recording === undefined) {
        throw new Error('nobody recorded that')
      }
      return recording
    },
    findings: () => house.findings(['ledger', 'evidence', 'retention']),
  }
}
