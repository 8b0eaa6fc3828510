import { createHash } from 'node:crypto'
import { footageAead, type StreamingAead, WrongCiphertext } from '../aead.ts'
import { BlobMissing, type BlobStore } from '../blobs.ts'
import type { Ids } from '../ids.ts'
import { checkStated } from '../object-file.ts'
import { checkBlobKey } from './blob-key.ts'
import { away, present, type S3Client, type S3Settings } from './s3-client.ts'
import { hiddenVersion, removeVersions } from './s3-versions.ts'
import { associatedData, readSealedRange } from './sealed-range.ts'

/** What a move needs beside a store of objects: ciphertext as it is, in and out. */
export type S3Blobs = BlobStore & {
  /** Sends sealed bytes unchanged; a key that exists is left as it is. */
  readonly putSealed: (key: string, sealed: AsyncIterable<Uint8Array>) => Promise<void>
  /** Null when there is none. */
  readonly readSealed: (key: string) => Promise<AsyncIterable<Uint8Array> | null>
}

type Put = { readonly sizeBytes: number; readonly storedBytes: number }

/** S3 takes parts of at least 5 MiB; a segment of footage is far smaller and goes in one piece. */
const partBytes = 16 * 1024 * 1024
const dayMs = 86_400_000

/** An object that the store took was not the one that was sent. */
export class StoredWrongly extends Error {
  constructor(key: string) {
    super(`the store holds other bytes than were sent as ${key}`)
    this.name = 'StoredWrongly'
  }
}

/**
 * Encrypted objects in an S3 bucket, one for each key, sealed exactly as files are: the store sees names and ciphertext.
 *
 * put: 1 ask whether the key is there · 2 send (in parts above 16 MiB) · 3 compare the store's own digest with ours. The
 * answer of 2 is the store's promise of durability. A crash before 3 leaves an object that the same put finds at 1, or
 * parts that nobody sees, ended by {@link abortUnfinished}.
 */
export function createS3Blobs(options: {
  readonly client: S3Client
  readonly settings: Pick<S3Settings, 'bucket' | 'lockDays'>
  readonly ids: Pick<Ids, 'bytes'>
  readonly nowMs: () => number
  readonly aead?: StreamingAead
}): S3Blobs {
  const { client, settings, ids, nowMs, aead = footageAead } = options
  const { commands: s3, send } = client
  const { bucket: Bucket } = settings
  const underWay = new Map<string, Promise<Put>>()

  const lock = () =>
    settings.lockDays === 0
      ? {}
      : ({
          ObjectLockMode: 'COMPLIANCE',
          ObjectLockRetainUntilDate: new Date(nowMs() + settings.lockDays * dayMs),
        } as const)

  async function stored(key: string, VersionId?: string): Promise<Put | null> {
    const version = VersionId === undefined ? {} : { VersionId }
    const head = await present(send(new s3.HeadObjectCommand({ Bucket, Key: key, ...version })))
    const storedBytes = head?.ContentLength
    return storedBytes === undefined ? null : { sizeBytes: aead.plainSize(storedBytes) ?? 0, storedBytes }
  }

  async function putWhole(key: string, sealed: Uint8Array): Promise<void> {
    const digest = createHash('md5').update(sealed).digest()
    const answer = await send(
      new s3.PutObjectCommand({
        Bucket,
        Key: key,
        Body: sealed,
        ContentLength: sealed.length,
        // Demanded with Object Lock, and what the store checks on arrival; secrecy and integrity are AES-GCM's.
        ContentMD5: digest.toString('base64'),
        ...lock(),
      }),
    )
    if (etag(answer.ETag) !== digest.toString('hex')) {
      throw new StoredWrongly(key)
    }
  }

  async function putParts(key: string, first: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<void> {
    const { UploadId } = await send(new s3.CreateMultipartUploadCommand({ Bucket, Key: key, ...lock() }))
    const upload = { Bucket, Key: key, UploadId }
    try {
      const Parts: { readonly ETag: string; readonly PartNumber: number }[] = []
      for (let part: Uint8Array | null = first; part !== null; part = await nextOf(rest)) {
        const digest = createHash('md5').update(part).digest()
        const PartNumber = Parts.length + 1
        const answer = await send(
          new s3.UploadPartCommand({
            ...upload,
            PartNumber,
            Body: part,
            ContentLength: part.length,
            ContentMD5: digest.toString('base64'),
          }),
        )
        if (etag(answer.ETag) !== digest.toString('hex')) {
          throw new StoredWrongly(key)
        }
        Parts.push({ ETag: answer.ETag ?? '', PartNumber })
      }
      await send(new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    } catch (error) {
      await present(send(new s3.AbortMultipartUploadCommand(upload))).catch(() => null)
      throw error
    }
  }

  async function putOnce(
    key: string,
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    dataKey: Uint8Array,
  ): Promise<Put> {
    const before = await stored(key)
    if (before !== null) {
      return before
    }
    const counts = { sizeBytes: 0, storedBytes: 0 }
    const sealed = sealPieces(aead, key, bytes, dataKey, ids.bytes(aead.randomBytes), counts)
    await sendSealed(key, sealed)
    return counts
  }

  async function sendSealed(key: string, sealed: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = inParts(sealed)
    const first = (await nextOf(parts)) ?? new Uint8Array()
    try {
      // Less than a part is all there is: most objects are one request.
      await (first.length < partBytes ? putWhole(key, first) : putParts(key, first, parts))
    } catch (error) {
      throw away(error)
    }
  }

  async function* read(
    key: string,
    dataKey: Uint8Array,
    range?: { readonly start: number; readonly end: number },
  ): AsyncGenerator<Uint8Array> {
    let found = await stored(key)
    let version: { readonly VersionId?: string } = {}
    if (found === null) {
      // Somebody with the bucket's credentials can hide an object, not take it away while it is locked.
      const VersionId = await hiddenVersion(client, Bucket, key)
      found = VersionId === null ? null : await stored(key, VersionId)
      version = VersionId === null ? {} : { VersionId }
    }
    if (found === null) {
      throw new BlobMissing(key)
    }
    const readAt = async (position: number, length: number): Promise<Uint8Array> => {
      const Range = `bytes=${position}-${position + length - 1}`
      const answer = await present(send(new s3.GetObjectCommand({ Bucket, Key: key, Range, ...version })))
      if (answer === null) {
        throw new BlobMissing(key)
      }
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array()
      if (bytes.length !== length) {
        throw new WrongCiphertext('the object is cut off')
      }
      return bytes
    }
    yield* readSealedRange(aead, { storedBytes: found.storedBytes, readAt }, key, dataKey, range)
  }

  async function put(key: string, bytes: Uint8Array | AsyncIterable<Uint8Array>, dataKey: Uint8Array): Promise<Put> {
    checkBlobKey(key)
    const before = underWay.get(key)
    if (before !== undefined) {
      return before
    }
    const made = putOnce(key, bytes, dataKey).finally(() => underWay.delete(key))
    underWay.set(key, made)
    return made
  }

  return {
    put,
    async putStated(key, bytes, dataKey, sha256) {
      checkStated(key, bytes, sha256)
      return put(key, bytes, dataKey)
    },
    read: (key, dataKey, range) => read(checkBlobKey(key), dataKey, range),
    size: async (key) => (await stored(checkBlobKey(key)))?.sizeBytes ?? null,
    exists: async (key) => (await stored(checkBlobKey(key))) !== null,
    remove: (key) => removeVersions(client, Bucket, checkBlobKey(key)),
    list: (prefix) => listKeys(client, Bucket, prefix),
    async putSealed(key, sealed) {
      if ((await stored(checkBlobKey(key))) === null) {
        await sendSealed(key, sealed)
      }
    },
    async readSealed(key) {
      const answer = await present(send(new s3.GetObjectCommand({ Bucket, Key: checkBlobKey(key) })))
      return answer === null ? null : (answer.Body as unknown as AsyncIterable<Uint8Array>)
    },
  }
}

/** Ends uploads that a crash left half sent: their parts cost space and nobody sees them. Only at start. Answers how many. */
export async function abortUnfinished(client: S3Client, bucket: string, abortSignal?: AbortSignal): Promise<number> {
  const { commands: s3, send } = client
  const patience = abortSignal === undefined ? {} : { abortSignal }
  const answer = await send(new s3.ListMultipartUploadsCommand({ Bucket: bucket }), patience)
  for (const { Key, UploadId } of answer.Uploads ?? []) {
    await present(send(new s3.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), patience))
  }
  return answer.Uploads?.length ?? 0
}

async function* sealPieces(
  aead: StreamingAead,
  key: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  dataKey: Uint8Array,
  random: Uint8Array,
  counts: { sizeBytes: number; storedBytes: number },
): AsyncGenerator<Uint8Array> {
  const sealing = aead.seal(dataKey, associatedData(key), random)
  const counted = (piece: Uint8Array): Uint8Array => {
    counts.storedBytes += piece.length
    return piece
  }
  yield counted(sealing.header)
  for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
    counts.sizeBytes += piece.length
    yield* sealing.push(piece).map(counted)
  }
  yield* sealing.end().map(counted)
}

/** Bytes gathered in parts of 16 MiB, the last one shorter. */
async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const piece of pieces) {
    held.push(piece)
    heldBytes += piece.length
    if (heldBytes >= partBytes) {
      const whole = Buffer.concat(held, heldBytes)
      const rest = whole.length % partBytes
      for (let start = 0; start < whole.length - rest; start += partBytes) {
        yield whole.subarray(start, start + partBytes)
      }
      held = rest === 0 ? [] : [whole.subarray(whole.length - rest)]
      heldBytes = rest
    }
  }
  if (heldBytes > 0) {
    yield Buffer.concat(held, heldBytes)
  }
}

async function* listKeys(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string> {
  const { commands: s3, send } = client
  let ContinuationToken: string | undefined
  do {
    const answer = await send(
      new s3.ListObjectsV2Command({
        Bucket,
        Prefix,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    ).catch((error: unknown) => {
      throw away(error)
    })
    for (const { Key } of answer.Contents ?? []) {
      if (Key !== undefined) {
        yield Key
      }
    }
    ContinuationToken = answer.NextContinuationToken
  } while (ContinuationToken !== undefined)
}

async function nextOf(parts: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  const next = await parts.next()
  return next.done === true ? null : next.value
}

const etag = (text: string | undefined): string => (text ?? '').replaceAll('"', '').toLowerCase()
