/** What is fixed when an export is made, so that the copy fetched later is the one that was promised. */
import type { Purpose } from '@sereno/contracts'
import {
  type CustodyProof,
  type DisclosedNote,
  type ExportProof,
  type Manifest,
  openManifest,
  type PackedTimestamp,
  type Trust,
} from '@sereno/proof'
import type { Audience } from './audience.ts'
import type { SheetFacts } from './sheet.ts'

export type ExportWish = {
  readonly purpose: Purpose
  readonly reference?: string
  readonly positions: boolean
  /** An outside account, which is told less of the custody. Absent for staff and for what is handed over. */
  readonly audience?: Audience
}

/** Everything small of a package, fixed when the export is made; footage and statements are read when it is fetched. */
export type Plan = {
  readonly sheet: SheetFacts
  readonly origin: Trust
  readonly manifest: string
  readonly firstManifest: string | null
  readonly enrolment: CustodyProof
  readonly entries: readonly CustodyProof[]
  readonly checkpoint: string
  readonly exportEntry: string
  /** The export's entry where nothing published holds it yet. */
  readonly exportProof: PromisedEntry | null
  readonly notes: readonly DisclosedNote[]
  /** Tokens in base64. */
  readonly timestamps: readonly (Omit<PackedTimestamp, 'token'> & { readonly token: string })[]
  /** SHA-256 of the verifier that goes along; null when there was none. */
  readonly verifier: string | null
  readonly madeAtMs: number
  /** Sequences whose positions are disclosed: a phone may deliver more of them between the promise and the copy. */
  readonly disclosed: readonly number[]
}

/** Its promise is base64 of an envelope. */
export type PromisedEntry = Omit<ExportProof, 'promise'> & { readonly promise: string }

export function writePlan(plan: Plan): string {
  return JSON.stringify(plan)
}

/** Our own row, written by {@link writePlan}. */
export function readPlan(text: string): Plan {
  return JSON.parse(text) as Plan
}

export function manifestOf(envelope: string): Manifest {
  const opened = openManifest(Buffer.from(envelope, 'latin1'))
  if (!opened.ok) {
    throw new Error(`a kept manifest does not open: ${opened.code}`)
  }
  return opened.value.value
}
