import type { ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3'
import { present, type S3Client, statusOf } from './s3-client.ts'

/** What a bucket that keeps versions holds under a name; newest first for each name. */
type Version = { readonly key: string; readonly id: string; readonly isNewest: boolean; readonly isMarker: boolean }

/** What S3 lists in one answer. */
const mostAtOnce = 1000

type From = { readonly KeyMarker?: string; readonly VersionIdMarker?: string }

async function* versionsOf(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  MaxKeys = mostAtOnce,
): AsyncGenerator<Version> {
  const { commands: s3, send } = client
  let from: From | null = {}
  while (from !== null) {
    const page: From = from
    const asked = new s3.ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys, ...page })
    const answer: ListObjectVersionsCommandOutput | null = await present(send(asked))
    for (const [list, isMarker] of [
      [answer?.Versions ?? [], false],
      [answer?.DeleteMarkers ?? [], true],
    ] as const) {
      for (const { Key: key, VersionId: id, IsLatest } of list) {
        if (key !== undefined && id !== undefined) {
          yield { key, id, isNewest: IsLatest === true, isMarker }
        }
      }
    }
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = answer ?? {}
    const isMore = answer?.IsTruncated === true && KeyMarker !== undefined
    from = isMore ? { KeyMarker, ...(VersionIdMarker === undefined ? {} : { VersionIdMarker }) } : null
  }
}

async function ofKey(client: S3Client, bucket: string, key: string, atOnce = mostAtOnce): Promise<readonly Version[]> {
  const found = await Array.fromAsync(versionsOf(client, bucket, key, atOnce))
  return found.filter((version) => version.key === key)
}

/** False when it is locked. */
async function removeVersion(client: S3Client, Bucket: string, { key, id }: Version): Promise<boolean> {
  try {
    await present(client.send(new client.commands.DeleteObjectCommand({ Bucket, Key: key, VersionId: id })))
    return true
  } catch (error) {
    if (statusOf(error) !== 403) {
      throw error
    }
    return false
  }
}

/**
 * Every version, so that the name does not only look gone. A version under Object Lock stays, its key long destroyed and
 * itself unreadable, until {@link sweepRemoved} finds that its lock has ended.
 */
export async function removeVersions(
  client: S3Client,
  Bucket: string,
  Key: string,
  atOnce = mostAtOnce,
): Promise<void> {
  await present(client.send(new client.commands.DeleteObjectCommand({ Bucket, Key })))
  for (const version of await ofKey(client, Bucket, Key, atOnce)) {
    if (!version.isMarker) {
      await removeVersion(client, Bucket, version)
    }
  }
}

/** The newest version that a delete marker hides; null when there is none. */
export async function hiddenVersion(client: S3Client, bucket: string, key: string): Promise<string | null> {
  const versions = await ofKey(client, bucket, key)
  const isHidden = versions.some(({ isMarker, isNewest }) => isMarker && isNewest)
  return (isHidden ? versions.find(({ isMarker }) => !isMarker)?.id : undefined) ?? null
}

export type Swept = { readonly removed: number; readonly locked: number; readonly shownAgain: readonly string[] }

/**
 * Goes through all names that a delete marker hides. One that is kept was hidden by somebody else, who had the bucket's
 * credentials: the marker is removed, and what Object Lock preserved is there again. Of one that is not kept the versions are
 * removed whose lock has ended, the marker after the last of them. May be cut short and repeated.
 */
export async function sweepRemoved(
  client: S3Client,
  bucket: string,
  isKept: (key: string) => Promise<boolean>,
): Promise<Swept> {
  let [removed, locked] = [0, 0]
  const shownAgain: string[] = []
  for await (const marker of versionsOf(client, bucket, '')) {
    if (marker.isMarker && marker.isNewest) {
      const versions = (await ofKey(client, bucket, marker.key)).filter(({ isMarker }) => !isMarker)
      const isOthers = versions.length > 0 && (await isKept(marker.key))
      let left = 0
      for (const version of isOthers ? [] : versions) {
        const isGone = await removeVersion(client, bucket, version)
        removed += isGone ? 1 : 0
        left += isGone ? 0 : 1
      }
      locked += left
      if (isOthers) {
        shownAgain.push(marker.key)
      }
      if (left === 0) {
        await removeVersion(client, bucket, marker)
      }
    }
  }
  return { removed, locked, shownAgain }
}
