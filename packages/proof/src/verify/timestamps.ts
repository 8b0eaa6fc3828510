import { fromHex } from '../bytes.ts'
import { memberNames } from '../package/content.ts'
import { timestampedBy } from '../package/extras.ts'
import type { Trust } from '../trust.ts'
import type { Members } from './members.ts'
import type { Report } from './report.ts'

/** What a time stamp (RFC 3161) turned out to be. */
export type TimestampFinding =
  | { readonly status: 'good'; readonly authority: string; readonly atMs: number }
  | {
      readonly status: 'bad'
      readonly code: 'malformed-timestamp' | 'timestamp-differs' | 'unknown-authority' | 'bad-signature'
    }
  | { readonly status: 'unsupported' }

/**
 * Checks a DER token against the SHA-256 that it must be over and the authorities of a trust file. Given from
 * elsewhere, because reading X.509 and CMS takes a library and this package has none.
 */
export type CheckTimestamp = (token: Uint8Array, sha256: Uint8Array, trust: Trust) => Promise<TimestampFinding>

/** Every time stamp packed, by the authorities of the trust file. They add to what holds; nothing rests on them. */
export async function checkTimestamps(
  members: Members,
  report: Report,
  keys: Trust | null,
  check: CheckTimestamp | null,
): Promise<void> {
  const names = members.entries.map(({ name }) => name).filter((name) => timestampedBy(name) !== null)
  if (names.length === 0) {
    report.notChecked('timestamps', 'not-stamped')
  }
  for (const name of names) {
    const member = await members.read(name)
    const over = timestampedBy(name) === 'manifest' ? memberNames.manifest : memberNames.checkpoint
    const sha256 = fromHex(members.hashes.get(over) ?? '')
    const about = { detail: { member: name } }
    if (member === null || sha256 === null || keys === null || check === null) {
      report.notChecked('timestamps', 'no-timestamp-check', about)
      continue
    }
    const found = await check(member.bytes, sha256, keys)
    if (found.status === 'good') {
      report.passed('timestamps', { detail: { member: name, authority: found.authority, atMs: found.atMs } })
    } else if (found.status === 'unsupported') {
      report.notChecked('timestamps', 'unsupported-algorithm', about)
    } else {
      report.failed('timestamps', found.code, about)
    }
  }
}
