/**
 * I-1 and I-6 under `kill -9`: random rounds over ingest, sealing, destruction, the move to a bucket and copies.
 * SERENO_FAULT_ROUNDS says how many (`npm run nightly` 1,000; none in `npm test`, where ten minutes of it would not fit: there
 * `kill-server`, `kill-intake`, `destruction` and `collaborators` kill each part by itself). SERENO_FAULT_SEED repeats a life:
 * the line that a failing round prints names both.
 */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openS3 } from '../../apps/server/src/kernel/storage/s3-client.ts'
import { type RealS3, startRealS3 } from '../../apps/server/src/test-kit/index.ts'
import type { Bucket } from './end-of-life.ts'
import { kinds, type Lived, live } from './life.ts'

const rounds = Number(process.env.SERENO_FAULT_ROUNDS ?? 0)
const roundsALife = 20
/** Of fewer rounds nobody can say that the dice show every kind. */
const everyKindFrom = 60
const wanted = process.env.SERENO_FAULT_SEED ?? null

test.skipIf(rounds === 0)(
  `${rounds} times kill -9: nothing acknowledged is lost, nothing is destroyed early`,
  {
    timeout: Math.max(1, rounds) * 120_000,
  },
  async () => {
    // Only when the first life moves: others may be using the one there is.
    let started = null as Promise<RealS3 | null> | null
    const bucketOf = async (name: string): Promise<Bucket | null> => {
      started ??= startRealS3()
      const s3 = await started
      return s3 === null ? null : newBucket(s3.settings, name)
    }
    const lived: Lived[] = []
    const say = (line: string): void => console.log(line)
    try {
      for (let left = rounds; left > 0; left -= roundsALife) {
        const seed = wanted ?? randomBytes(4).toString('hex')
        const length = Math.min(left, roundsALife)
        const bucket = () => bucketOf(`faults-${seed}-${process.pid}-${left}`)
        try {
          const one = await live({ seed, rounds: length, bucket, say })
          say(`${seed}: ${JSON.stringify(one)}`)
          lived.push(one)
        } catch (error) {
          throw new Error(`again with SERENO_FAULT_SEED=${seed} SERENO_FAULT_ROUNDS=${length}`, { cause: error })
        }
      }
    } finally {
      await (await started)?.stop()
    }
    const played = kinds.map((kind) => [kind, lived.reduce((sum, one) => sum + one.rounds[kind], 0)] as const)
    console.log(`rounds: ${played.map(([kind, count]) => `${kind} ${count}`).join(', ')}`)
    expect(played.reduce((sum, [, count]) => sum + count, 0)).toBe(rounds)
    const hasMoved = (await started) !== null
    if (!hasMoved) {
      console.warn('NOT PLAYED: the move to a bucket. It takes an S3: see SERENO_TEST_S3_ENDPOINT.')
    }
    const idle = played.filter(([kind, count]) => count === 0 && (kind !== 'move' || hasMoved))
    expect(rounds < everyKindFrom ? [] : idle).toEqual([])
    // A life cut short, as one that repeats a seed may be, promises none of this.
    for (const one of lived.filter((_, place) => (place + 1) * roundsALife <= rounds)) {
      expect(one.destroyed).toBeGreaterThan(0)
      expect(one.reread).toBeGreaterThan(0)
      expect(one.copies).toBeGreaterThan(0)
      expect(one.restored).toBe(true)
      expect(one.moved > 0).toBe(hasMoved)
    }
  },
)

async function newBucket(settings: RealS3['settings'], name: string): Promise<Bucket> {
  const client = await openS3({ ...settings, bucket: name, lockDays: 0 })
  return {
    url: `${settings.endpoint}/${name}`,
    env: { SERENO_S3_ACCESS_KEY: settings.accessKey, SERENO_S3_SECRET_KEY: settings.secretKey },
    async list() {
      const names: string[] = []
      for (let from: string | undefined, isMore = true; isMore; isMore = from !== undefined) {
        const page = { Bucket: name, ...(from === undefined ? {} : { ContinuationToken: from }) }
        const answer = await client.send(new client.commands.ListObjectsV2Command(page))
        names.push(...(answer.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])))
        from = answer.NextContinuationToken
      }
      return names
    },
  }
}
