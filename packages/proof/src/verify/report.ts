/** Named checks, in the order in which they are shown: of packages, and of clips and stills. */
export const checkIds = [
  'lineage',
  'lineage-signature',
  'container',
  'package-signature',
  'origin',
  'file-hash',
  'segment-hash',
  'cut',
  'camera',
  'statement-signature',
  'order',
  'gaps',
  'stop',
  'manifest',
  'device-enrolment',
  'inclusion',
  'checkpoint',
  'witnesses',
  'timestamps',
  'post-quantum',
  'positions',
  'simulated',
] as const

export type CheckId = (typeof checkIds)[number]
export type CheckStatus = 'passed' | 'failed' | 'warning' | 'not-checked'

/** One thing that was looked at. Words are the reader's own, by id, status and code. */
export type VerificationCheck = {
  readonly id: CheckId
  readonly status: CheckStatus
  /** Why, from the list in the format's documentation; null when it simply passed. */
  readonly code: string | null
  /** Sequence of the segment that it is about; null when about the whole. */
  readonly segment: number | null
  readonly detail: Readonly<Record<string, string | number>>
}

export type CheckAbout = {
  readonly segment?: number | null
  readonly detail?: VerificationCheck['detail']
  /** What there is to say of something that passed. */
  readonly code?: string
}

/** Collects checks; the only thing that the steps of a verification share and change. */
export type Report = {
  readonly passed: (id: CheckId, about?: CheckAbout) => void
  readonly failed: (id: CheckId, code: string, about?: CheckAbout) => void
  readonly warned: (id: CheckId, code: string, about?: CheckAbout) => void
  readonly notChecked: (id: CheckId, code: string, about?: CheckAbout) => void
  readonly hasFailed: (id: CheckId) => boolean
  /** Sorted by id, then by segment. */
  readonly checks: () => readonly VerificationCheck[]
}

export function createReport(): Report {
  const checks: VerificationCheck[] = []
  const add = (id: CheckId, status: CheckStatus, code: string | null, about: CheckAbout = {}): void => {
    checks.push({ id, status, code, segment: about.segment ?? null, detail: about.detail ?? {} })
  }
  return {
    passed: (id, about) => add(id, 'passed', about?.code ?? null, about),
    failed: (id, code, about) => add(id, 'failed', code, about),
    warned: (id, code, about) => add(id, 'warning', code, about),
    notChecked: (id, code, about) => add(id, 'not-checked', code, about),
    hasFailed: (id) => checks.some((check) => check.id === id && check.status === 'failed'),
    checks: () =>
      checks.toSorted(
        (left, right) =>
          checkIds.indexOf(left.id) - checkIds.indexOf(right.id) || (left.segment ?? -1) - (right.segment ?? -1),
      ),
  }
}
