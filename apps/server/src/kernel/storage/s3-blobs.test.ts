import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRealS3, temporaryFolder } from '../../test-kit/index.ts'
import { createFileBlobs } from '../blobs.ts'
import { systemClock } from '../clock.ts'
import { createDirectorySync } from '../directory-sync.ts'
import { Unavailable } from '../errors.ts'
import { createIds } from '../ids.ts'
import { describeBlobStore, smallAead, whole } from './blobs.test-kit.ts'
import { createMovingBlobs } from './moving-blobs.ts'
import { abortUnfinished, createS3Blobs } from './s3-blobs.ts'
import { openS3, type S3Client } from './s3-client.ts'
import { removeVersions, sweepRemoved } from './s3-versions.ts'

const real = await startRealS3()
const ids = createIds(systemClock)
const dataKey = new Uint8Array(32).fill(7)
const root = temporaryFolder('moving')
let client: S3Client
let buckets = 0

async function newBucket(lockable = false): Promise<string> {
  buckets += 1
  const Bucket = `sereno-test-${process.pid}-${buckets}`
  await client.send(new client.commands.CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lockable }))
  return Bucket
}

async function newStore(lockDays = 0) {
  const bucket = await newBucket(lockDays > 0)
  const settings = { bucket, lockDays }
  const blobs = createS3Blobs({ client, settings, ids, nowMs: Date.now, aead: smallAead })
  return { bucket, blobs }
}

beforeAll(async () => {
  if (real !== null) {
    client = await openS3({ ...real.settings, bucket: '', lockDays: 0 })
  }
})

afterAll(async () => {
  client?.close()
  await real?.stop()
})

describe.skipIf(real === null)('a real S3', () => {
  describeBlobStore(
    'S3',
    async () => {
      const { bucket: Bucket, blobs } = await newStore()
      return {
        blobs,
        async stored(key) {
          const { Body } = await client.send(new client.commands.GetObjectCommand({ Bucket, Key: key }))
          return (await Body?.transformToByteArray()) ?? new Uint8Array()
        },
        async replace(key, bytes) {
          await client.send(new client.commands.PutObjectCommand({ Bucket, Key: key, Body: bytes }))
        },
      }
    },
    12,
  )

  test('40 MiB go in parts and come back; what a crash left half sent is ended', async () => {
    const bucket = await newBucket()
    const blobs = createS3Blobs({ client, settings: { bucket, lockDays: 0 }, ids, nowMs: Date.now })
    const piece = Buffer.alloc(1024 * 1024, 'abcdefg')
    async function* pieces() {
      for (let index = 0; index < 40; index += 1) {
        yield piece
      }
    }
    const put = await blobs.put('large', pieces(), dataKey)
    expect(put.sizeBytes).toBe(40 * piece.length)
    expect(await blobs.size('large')).toBe(put.sizeBytes)
    const range = { start: 33 * piece.length, end: 33 * piece.length + 10 }
    expect((await whole(blobs.read('large', dataKey, range))).toString()).toBe('abcdefgabc')
    await client.send(new client.commands.CreateMultipartUploadCommand({ Bucket: bucket, Key: 'half' }))
    expect(await abortUnfinished(client, bucket)).toBe(1)
    expect(await abortUnfinished(client, bucket)).toBe(0)
  })

  test('under Object Lock the name goes, the ciphertext stays until its lock ends', async () => {
    const { bucket, blobs } = await newStore(1)
    await blobs.put('locked', Buffer.from('x'), dataKey)
    const { commands: s3 } = client
    const { Versions } = await client.send(new s3.ListObjectVersionsCommand({ Bucket: bucket }))
    const version = { Bucket: bucket, Key: 'locked', VersionId: Versions?.[0]?.VersionId }
    await expect(client.send(new s3.DeleteObjectCommand(version))).rejects.toMatchObject({ name: 'AccessDenied' })
    await blobs.remove('locked')
    expect(await blobs.exists('locked')).toBe(false)
    const after = await client.send(new s3.ListObjectVersionsCommand({ Bucket: bucket }))
    expect(after.Versions).toHaveLength(1)
    // It is still locked: the sweep counts it. Of an unlocked one nothing is left, not even the marker.
    const gone = async () => false
    expect(await sweepRemoved(client, bucket, gone)).toEqual({ removed: 0, locked: 1, shownAgain: [] })
    await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'ended', Body: 'x' }))
    await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'ended' }))
    expect(await sweepRemoved(client, bucket, gone)).toEqual({ removed: 1, locked: 1, shownAgain: [] })
    const left = await client.send(new s3.ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'ended' }))
    expect([left.Versions ?? [], left.DeleteMarkers ?? []]).toEqual([[], []])
  })

  test('what somebody else hid behind a delete marker is read all the same, and shown again', async () => {
    const { bucket, blobs } = await newStore(1)
    await blobs.put('hidden', Buffer.from('still here'), dataKey)
    const { commands: s3 } = client
    await client.send(new s3.DeleteObjectCommand({ Bucket: bucket, Key: 'hidden' }))
    expect(await blobs.exists('hidden')).toBe(false)
    expect((await whole(blobs.read('hidden', dataKey))).toString()).toBe('still here')
    const swept = await sweepRemoved(client, bucket, async (key) => key === 'hidden')
    expect(swept).toEqual({ removed: 0, locked: 0, shownAgain: ['hidden'] })
    expect(await blobs.exists('hidden')).toBe(true)
  })

  test('a removed object leaves no version, be there more than a list holds', async () => {
    const { bucket } = await newStore(1)
    const { commands: s3 } = client
    for (const Body of ['1', '2', '3', '4', '5']) {
      await client.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'many', Body }))
    }
    await removeVersions(client, bucket, 'many', 2)
    const left = await client.send(new s3.ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'many' }))
    expect(left.Versions ?? []).toEqual([])
  })

  test('files move to the store while both are read; a crash between copy and removal is gone on from', async () => {
    const folder = path.join(root, 'one')
    mkdirSync(folder)
    const files = createFileBlobs(folder, ids, createDirectorySync(), smallAead)
    const { blobs: store } = await newStore()
    for (const key of ['r/1', 'r/2', 'r/3']) {
      await files.put(key, Buffer.from(`bytes of ${key}`), dataKey)
    }
    // A crash after the copy of the first: object and file are both there.
    await store.putSealed('r/1', Readable.from([readFileSync(path.join(folder, 'r/1'))]))
    const moving = createMovingBlobs(folder, files, store)
    expect(await moving.move(2)).toBe(2)
    await moving.put('r/new', Buffer.from('new'), dataKey)
    expect(readdirSync(path.join(folder, 'r'))).toEqual(['3'])
    expect([...(await Array.fromAsync(moving.list('')))].sort()).toEqual(['r/1', 'r/2', 'r/3', 'r/new'])
    for (const key of ['r/1', 'r/2', 'r/3']) {
      expect((await whole(moving.read(key, dataKey))).toString()).toBe(`bytes of ${key}`)
    }
    // The same bytes again, as a phone that had no answer sends them: nothing is written twice.
    await moving.put('r/3', Buffer.from('other'), dataKey)
    expect(await moving.move(10)).toBe(1)
    expect(await moving.move(10)).toBe(0)
    expect(moving.progress()).toMatchObject({ movedObjects: 3, done: true })
    expect((await whole(store.read('r/3', dataKey))).toString()).toBe('bytes of r/3')
    await moving.remove('r/2')
    expect(await moving.exists('r/2')).toBe(false)
  })

  test('a copy that differs stops the move and leaves the file', async () => {
    const folder = path.join(root, 'two')
    mkdirSync(folder)
    const files = createFileBlobs(folder, ids, createDirectorySync(), smallAead)
    const { blobs: store } = await newStore()
    await files.put('k', Buffer.from('right'), dataKey)
    await store.putSealed('k', Readable.from([Buffer.from('something else under that name')]))
    await expect(createMovingBlobs(folder, files, store).move(1)).rejects.toThrow('other bytes')
    expect(readdirSync(folder)).toEqual(['k'])
  })
})

test('a store that is away is said to be away', async () => {
  const gone = await openS3({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKey: 'a',
    secretKey: 'b',
    bucket: 'none',
    lockDays: 0,
  })
  const blobs = createS3Blobs({ client: gone, settings: { bucket: 'none', lockDays: 0 }, ids, nowMs: Date.now })
  await expect(blobs.exists('k')).rejects.toThrow(Unavailable)
  gone.close()
})
