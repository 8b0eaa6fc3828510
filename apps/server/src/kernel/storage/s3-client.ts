import type * as S3 from '@aws-sdk/client-s3'
import { Unavailable } from '../errors.ts'

/** An S3-compatible store. Credentials come from the environment or the data folder's own file, never from a log. */
export type S3Settings = {
  /** `https://host[:port]`; the bucket is in the path, so that any name of the host will do. */
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: string
  /**
   * Days for which the store itself refuses to remove an object (Object Lock, compliance mode); 0 leaves the bucket's own
   * rule. Erasing a recording destroys its key at once; the locked ciphertext goes when its lock ends.
   */
  readonly lockDays: number
}

export type S3Client = {
  readonly send: S3.S3Client['send']
  readonly commands: typeof S3
  readonly close: () => void
}

const connectTimeoutMs = 5000
const answerTimeoutMs = 60_000
const attempts = 4

/** The SDK is loaded only here: an installation with files never pays for it. */
export async function openS3(settings: S3Settings): Promise<S3Client> {
  const commands = await import('@aws-sdk/client-s3')
  const client = new commands.S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: true,
    credentials: { accessKeyId: settings.accessKey, secretAccessKey: settings.secretKey },
    maxAttempts: attempts,
    // Other people's gateways answer wrongly or not at all to the newer defaults; what is stored is verified by its ETag.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: answerTimeoutMs },
  })
  return { send: client.send.bind(client) as S3.S3Client['send'], commands, close: () => client.destroy() }
}

/** HTTP status of an answer that was an error, null when there was none (no connection, no time). */
export function statusOf(error: unknown): number | null {
  const metadata = (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata
  return metadata?.httpStatusCode ?? null
}

/** What is absent is answered as null; a store that is away as `Unavailable('storage')`, so that callers may try again. */
export async function present<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (statusOf(error) === 404) {
      return null
    }
    throw away(error)
  }
}

export function away(error: unknown): unknown {
  const status = statusOf(error)
  return status === null || status >= 500 ? new Unavailable('storage', { cause: error }) : error
}
