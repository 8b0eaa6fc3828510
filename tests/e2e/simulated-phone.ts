import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createApi } from '../../apps/simulator/src/api.ts'
import { readClip } from '../../apps/simulator/src/clip.ts'
import { newFigures } from '../../apps/simulator/src/figures.ts'
import { type Desk as Office, prepare, sealed, signIn } from '../../apps/simulator/src/office.ts'
import { enrol, type Phone, wake } from '../../apps/simulator/src/phone.ts'
import { stateFile } from '../../apps/simulator/src/state.ts'
import { wander } from '../../apps/simulator/src/walk.ts'
import { root } from '../product.ts'
import { soonMs } from './stage.ts'

/** A virtual phone on duty, through the public API: enrolled, issued, its shift begun, walking. */
export type SimulatedPhone = {
  readonly phone: Phone
  /** Records about four seconds, sends them with the signed stop, and waits until the server has sealed it. */
  readonly recordOnce: (office: Office) => Promise<string>
  readonly close: () => Promise<void>
}

export async function simulatePhone(url: string, office: Office): Promise<SimulatedPhone> {
  let token = ''
  const api = createApi(url, fetch, (): Record<string, string> => (token ? { authorization: `Device ${token}` } : {}))
  const bytes = (count: number): Uint8Array => new Uint8Array(randomBytes(count))
  const [ready] = await prepare(office, 1, `E${randomBytes(2).toString('hex').toUpperCase()}-`)
  if (ready === undefined) {
    throw new Error('no phone was prepared')
  }
  const figures = newFigures()
  const file = await stateFile(null, 'phone')
  const state = await enrol(api, file, ready.token, bytes)
  const phone = await wake(state, {
    api,
    file,
    figures,
    walker: wander(ready.ring, { speedMps: 1.3, random: Math.random, startMs: Date.now() }),
    clip: await readClip(join(root, 'apps/simulator/clips/cruce.mp4')),
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    random: Math.random,
    bytes,
    uuid: randomUUID,
    setToken: (next) => {
      token = next
    },
  })
  await phone.startShift(await ready.issue(state.device))
  const beat = (): void => void phone.beat().catch(() => undefined)
  beat()
  const beating = setInterval(beat, 1000)
  return {
    phone,
    recordOnce: async (asker) => {
      const recording = await phone.start()
      await reach(() => figures.segmentsAcknowledged >= 2)
      await phone.stop('officer')
      await phone.uploads.drained(soonMs)
      if (!(await sealed(asker, recording, Date.now() + 60_000, Date.now))) {
        throw new Error('it was not sealed within a minute')
      }
      return recording
    },
    close: async () => {
      clearInterval(beating)
      await phone.close()
    },
  }
}

/** The office of a role, signed in with a link of its own. */
export const officeOf = (url: string, link: string): Promise<Office> => signIn(url, link, fetch)

async function reach(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await condition()); ) {
    if (Date.now() > deadline) {
      throw new Error('it did not come to pass within a minute')
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
