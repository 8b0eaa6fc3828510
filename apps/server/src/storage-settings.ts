import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type WantedStorage, WrongSettings } from './config.ts'
import type { S3Settings } from './kernel/storage/s3-client.ts'

const fileName = 'storage.json'
const defaultRegion = 'us-east-1'

/**
 * The folder's own store, null for files. A store that is named is remembered in `storage.json` (readable by the owner
 * alone: it holds the credentials), so that commands and later starts need not be told. Leaving a store is not offered:
 * footage would have to come back first.
 */
export function openStorageSettings(
  dataFolder: string,
  wanted: WantedStorage | null,
  environment: Readonly<Record<string, string | undefined>>,
): S3Settings | null {
  const file = path.join(dataFolder, fileName)
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as S3Settings) : null
  if (wanted?.s3 === null || wanted === null) {
    return known
  }
  const asked = readAddress(wanted.s3)
  if (known !== null && (known.endpoint !== asked.endpoint || known.bucket !== asked.bucket)) {
    throw new WrongSettings(
      `${dataFolder} keeps its footage in ${known.endpoint}/${known.bucket}; it cannot change place.`,
    )
  }
  const accessKey = environment.SERENO_S3_ACCESS_KEY ?? known?.accessKey
  const secretKey = environment.SERENO_S3_SECRET_KEY ?? known?.secretKey
  if (accessKey === undefined || secretKey === undefined) {
    throw new WrongSettings('--footage-s3 needs SERENO_S3_ACCESS_KEY and SERENO_S3_SECRET_KEY in the environment.')
  }
  const region = environment.SERENO_S3_REGION ?? known?.region ?? defaultRegion
  const settings: S3Settings = { ...asked, region, accessKey, secretKey, lockDays: wanted.lockDays }
  const unfinished = `${file}.new`
  writeFileSync(unfinished, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 })
  renameSync(unfinished, file)
  return settings
}

function readAddress(text: string): { readonly endpoint: string; readonly bucket: string } {
  const address = URL.canParse(text) ? new URL(text) : null
  const bucket = address?.pathname.slice(1) ?? ''
  // Names of buckets: 3 to 63 of these characters (Amazon S3, "Bucket naming rules").
  if (address === null || !/^https?:$/.test(address.protocol) || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new WrongSettings(
      `--footage-s3 takes an address like https://store.example.pe/sereno-footage, not "${text}".`,
    )
  }
  return { endpoint: address.origin, bucket }
}
