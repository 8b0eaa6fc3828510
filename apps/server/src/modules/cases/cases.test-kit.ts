/** The whole server, and recordings of a length that clips can be cut from. */
import { openWholeHouse, type WholeHouse } from '../../whole-house.test-kit.ts'
import type { FakePhone, FakeRecording } from '../evidence/evidence.test-kit.ts'
import { uploadAll } from '../evidence/issued-phone.test-kit.ts'

export { type Json, need, type Person } from '../../test-kit/index.ts'

export type House = WholeHouse & {
  /** Three segments of two seconds and a stop, sealed. */
  readonly record: (phone: FakePhone, words?: string) => Promise<FakeRecording>
}

export async function openHouse(): Promise<House> {
  const house = await openWholeHouse()
  return {
    ...house,
    async record(phone, words = 'segment') {
      const recording = phone.record()
      for (const number of [1, 2, 3]) {
        await recording.media(Buffer.alloc(3_000, `${words} ${number} ${recording.id}`))
      }
      await recording.stop()
      await uploadAll(phone, recording)
      await house.tick()
      await house.tick()
      return recording
    },
  }
}
