import { fromHex } from '../bytes.ts'
import { memberNames } from '../package/content.ts'
import { timestampedBy } from '../package/extras.ts'
import type { Trust } from '../trust.ts'
import type { Members } from './members.ts'
import type { Report } from './report.ts'

/** What a time stamp (RFC 3161) turned out to be. */
export type TimestampFinding = GoodTimestamp | BadTimestamp | { readonly status: 'unsupported' }

type GoodTimestamp = {
  readonly status: 'good'
  readonly authority: string
  readonly atMs: number
  /** When the certificate that signed it ends. */
  readonly expiresAtMs: number
}
type BadTimestamp = {
  readonly status: 'bad'
  readonly code:
    | 'malformed-timestamp'
    | 'timestamp-differs'
    | 'unknown-authority'
    | 'too-many-paths'
    | 'bad-signature'
    | 'weak-key'
    | 'wrong-purpose'
    | 'certificate-not-valid'
}

/**
 * Checks a DER token against the SHA-256 that it must be over and the authorities of a trust file. Given from
 * elsewhere, because reading X.509 and CMS takes a library and this package has none.
 */
export type CheckTimestamp = (token: Uint8Array, sha256: Uint8Array, trust: Trust) => Promise<TimestampFinding>

export type TimestampOptions = {
  readonly trust: Trust | null
  /** What the package says of itself; counts only where there is no trust file, and then not for much. */
  readonly claim: Trust | null
  readonly check: CheckTimestamp | null
  /** Null: nothing is said of certificates that have ended since. */
  readonly nowMs: number | null
}

/**
 * Every time stamp packed, by the authorities of the trust file: the first ones, then their renewals in their order
 * (RFC 4998 §5.3: over the older token, made after it and before its certificate ended). A renewal counts only where what it
 * renews does. They add to what holds; nothing rests on them.
 */
export async function checkTimestamps(members: Members, report: Report, options: TimestampOptions): Promise<void> {
  const stamps = stampsOf(members)
  if (stamps.length === 0) {
    report.notChecked('timestamps', 'not-stamped')
  }
  const keys = options.trust ?? options.claim
  const { check } = options
  const good = new Map<string, GoodTimestamp>()
  for (const { name, renews, over } of stamps) {
    const member = await members.read(name)
    const stamped = members.hashes.get(renews ?? memberNames[over])
    const sha256 = stamped === undefined ? null : fromHex(stamped)
    const about = { detail: { member: name } }
    if (member === null || sha256 === null) {
      // What it was over is missing, which is said elsewhere; of a renewal it is said here.
      report.failed('timestamps', 'member-missing', about)
    } else if (keys === null || check === null) {
      report.notChecked('timestamps', 'no-timestamp-check', about)
    } else if ((keys.timeAuthorities ?? []).length === 0) {
      report.notChecked('timestamps', 'no-authority', about)
    } else {
      const found = await check(member.bytes, sha256, keys)
      const renewed = renews === null ? null : good.get(renews)
      const problem = found.status === 'bad' ? found.code : found.status === 'good' ? outOfOrder(found, renewed) : null
      if (found.status === 'unsupported') {
        report.notChecked('timestamps', 'unsupported-algorithm', about)
      } else if (problem === 'renews-unchecked') {
        report.notChecked('timestamps', problem, about)
      } else if (problem !== null) {
        report.failed('timestamps', problem, about)
      } else if (found.status === 'good') {
        good.set(name, found)
      }
    }
  }
  tellGood(report, good, options)
}

/** Older ones before those that renew them. */
function stampsOf({ entries }: Members) {
  return entries
    .flatMap(({ name }) => {
      const stamped = timestampedBy(name)
      return stamped === null ? [] : [{ name, ...stamped }]
    })
    .sort((left, right) => left.depth - right.depth)
}

/** Of a first stamp (null) nothing; without a good one before it, that its order is not known: it may be years too late. */
function outOfOrder(found: GoodTimestamp, renewed: GoodTimestamp | null | undefined): string | null {
  if (renewed === null || renewed === undefined) {
    return renewed === null ? null : 'renews-unchecked'
  }
  return found.atMs < renewed.atMs ? 'renewed-before' : found.atMs > renewed.expiresAtMs ? 'renewed-too-late' : null
}

function tellGood(report: Report, good: ReadonlyMap<string, GoodTimestamp>, { trust, nowMs }: TimestampOptions): void {
  const renewed = new Set([...good.keys()].map((name) => timestampedBy(name)?.renews))
  for (const [member, { authority, atMs, expiresAtMs }] of good) {
    const about = { detail: { member, authority, atMs, expiresAtMs } }
    if (trust === null) {
      report.warned('timestamps', 'authority-claimed', about)
    } else if (nowMs !== null && expiresAtMs < nowMs && !renewed.has(member)) {
      report.warned('timestamps', 'certificate-ended', about)
    } else {
      report.passed('timestamps', about)
    }
  }
}
