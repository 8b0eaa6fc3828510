/**
 * The pure domain: what a recording is, given the statements that arrived. No I/O, no clock.
 * States go `receiving → stopped → sealed`; held, quarantined and destroyed are facts beside the state.
 * A tally is the same for the same set of statements, whatever the order or repetition of their arrival.
 */

export type RecordingState = 'receiving' | 'stopped' | 'sealed'

/**
 * No recording has more statements than a manifest can name (some four and a half days of segments): what claims a
 * place beyond is refused, since one such statement would make everything between it and the rest "missing".
 */
export const highestSequenceTaken = 200_000

/** `file` is one whole file of a camera that stores and uploads later; it comes through intake. */
export type StatementKind = 'media' | 'file' | 'gap' | 'stop'

/** What a tally needs to know of one statement. */
export type Counted = {
  readonly sequence: number
  readonly kind: StatementKind
  /** Capture time by the server's clock as far as the device knew it: the end of what is stated. */
  readonly capturedAt: number
  readonly durationMs: number
  readonly sizeBytes: number
  readonly reason: string | null
}

export type Tally = {
  readonly state: RecordingState
  readonly statements: number
  readonly segments: number
  readonly gaps: number
  readonly highestSequence: number
  readonly stopSequence: number | null
  readonly stopReason: string | null
  readonly sizeBytes: number
  readonly durationMs: number
  readonly startedAt: number
  readonly endedAt: number
}

/** Why a statement or a recording is set apart until a person has looked. Closed list. */
export type Quarantine =
  /** The device was not issued to anybody when this was captured. */
  | 'not-issued'
  /** It arrived after the key was revoked: whoever holds the key since may have made it. */
  | 'key-revoked'
  /** Two statements for one sequence. */
  | 'equivocation'
  /** Media that names another init segment than the recording's first. */
  | 'other-init'
  /** Statements after the stop, or two stops. */
  | 'after-stop'
  /** A statement that does not name its predecessor. */
  | 'broken-chain'
  /** Its counter is far beyond the device's last: no honest phone counts so. */
  | 'counter-jump'

export function emptyTally(): Tally {
  return {
    state: 'receiving',
    statements: 0,
    segments: 0,
    gaps: 0,
    highestSequence: -1,
    stopSequence: null,
    stopReason: null,
    sizeBytes: 0,
    durationMs: 0,
    startedAt: Number.MAX_SAFE_INTEGER,
    endedAt: 0,
  }
}

/** The tally with one more statement; the caller has made sure that its sequence was not counted before. */
export function count(tally: Tally, statement: Counted): Tally {
  const media = statement.kind === 'media' || statement.kind === 'file'
  const stops = statement.kind === 'stop'
  // With two stops the lower one counts, so that the order of arrival changes nothing.
  const lowerStop = stops && (tally.stopSequence === null || statement.sequence < tally.stopSequence)
  return {
    state: tally.state === 'receiving' && stops ? 'stopped' : tally.state,
    statements: tally.statements + 1,
    segments: tally.segments + (media ? 1 : 0),
    gaps: tally.gaps + (statement.kind === 'gap' ? 1 : 0),
    highestSequence: Math.max(tally.highestSequence, statement.sequence),
    stopSequence: lowerStop ? statement.sequence : tally.stopSequence,
    stopReason: lowerStop ? statement.reason : tally.stopReason,
    sizeBytes: tally.sizeBytes + statement.sizeBytes,
    durationMs: tally.durationMs + (media ? statement.durationMs : 0),
    startedAt: Math.min(tally.startedAt, statement.capturedAt - statement.durationMs),
    endedAt: Math.max(tally.endedAt, statement.capturedAt),
  }
}

/** Sequences up to the highest one known that have no statement, whether declared or not. */
export function missingCount(tally: Pick<Tally, 'highestSequence' | 'statements'>): number {
  return tally.highestSequence + 1 - tally.statements
}

/** Which sequences are missing; `present` holds every sequence that has a statement. Bounded by `limit`. */
export function missingSequences(present: ReadonlySet<number>, highestSequence: number, limit: number): number[] {
  const missing: number[] = []
  for (let sequence = 0; sequence <= highestSequence && missing.length < limit; sequence += 1) {
    if (!present.has(sequence)) {
      missing.push(sequence)
    }
  }
  return missing
}

/** Something was signed after the stop, or two stops were: a contradiction that a person must look at. */
export function contradictsStop(tally: Pick<Tally, 'highestSequence' | 'stopSequence'>): boolean {
  return tally.stopSequence !== null && tally.highestSequence > tally.stopSequence
}

/** Without its signed stop a recording is unterminated, for ever, sealed or not. */
export function isUnterminated(tally: Pick<Tally, 'stopSequence'>): boolean {
  return tally.stopSequence === null
}

export type SealQuestion = Pick<Tally, 'state' | 'statements' | 'highestSequence' | 'stopSequence'> & {
  readonly quarantine: string | null
  readonly destroyed: boolean
  readonly initStored: boolean
  readonly segments: number
  /** Statements beyond the stop; they contradict it and are named beside the recording, not counted to it. */
  readonly afterStop: number
  /** Missing sequences that a person has declared. */
  readonly declared: number
  /** When the newest statement arrived, epoch ms. */
  readonly receivedAt: number
}

export type SealAnswer =
  | { readonly kind: 'complete' }
  | { readonly kind: 'incomplete' }
  | {
      readonly kind: 'refused'
      readonly code:
        | 'recording.already-sealed'
        | 'recording.not-stopped'
        | 'recording.incomplete'
        | 'recording.too-early'
        | 'recording.destroyed'
    }

/**
 * Whether a recording may be sealed. By itself (`byPerson: false`) only when everything is there; a person may seal
 * one with declared gaps at once, and one that stays incomplete after the waiting period.
 */
export function judgeSeal(
  recording: SealQuestion,
  wish: { readonly byPerson: boolean; readonly incomplete: boolean; readonly nowMs: number; readonly waitMs: number },
): SealAnswer {
  if (recording.destroyed) {
    return { kind: 'refused', code: 'recording.destroyed' }
  }
  if (recording.state === 'sealed') {
    return { kind: 'refused', code: 'recording.already-sealed' }
  }
  // A recording ends at its stop. What was signed beyond it makes nothing before it "missing", and nobody waits for it.
  const highestSequence = recording.stopSequence ?? recording.highestSequence
  const missing = missingCount({ highestSequence, statements: recording.statements - recording.afterStop })
  const whole = missing === 0 && (recording.segments === 0 || recording.initStored)
  if (recording.stopSequence !== null && whole) {
    // A quarantined recording waits for a person: sealing it by itself would say that all is well.
    return (recording.quarantine === null && recording.afterStop === 0) || wish.byPerson
      ? { kind: 'complete' }
      : { kind: 'refused', code: 'recording.incomplete' }
  }
  if (!wish.byPerson) {
    return { kind: 'refused', code: recording.stopSequence === null ? 'recording.not-stopped' : 'recording.incomplete' }
  }
  if (recording.stopSequence !== null && recording.declared >= missing) {
    return { kind: 'incomplete' }
  }
  if (!wish.incomplete) {
    return { kind: 'refused', code: recording.stopSequence === null ? 'recording.not-stopped' : 'recording.incomplete' }
  }
  return wish.nowMs - recording.receivedAt >= wish.waitMs
    ? { kind: 'incomplete' }
    : { kind: 'refused', code: 'recording.too-early' }
}

/** What becomes of one statement, given what is already held for its sequence. */
export type Arrival =
  /** The same bytes again: the stored receipt is the answer. */
  | { readonly kind: 'known'; readonly receipt: string }
  /** The first for its sequence. */
  | { readonly kind: 'first' }
  /** Another one for a sequence that is taken: kept, as proof. */
  | { readonly kind: 'conflict'; readonly version: number }

export function judgeArrival(
  statementSha256: string,
  held: readonly { readonly statementSha256: string; readonly version: number; readonly receipt: string }[],
): Arrival {
  const same = held.find((one) => one.statementSha256 === statementSha256)
  if (same !== undefined) {
    return { kind: 'known', receipt: same.receipt }
  }
  const highest = held.reduce((version, one) => Math.max(version, one.version), -1)
  return highest < 0 ? { kind: 'first' } : { kind: 'conflict', version: highest + 1 }
}

const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Short code people read aloud (`7F3K-Q2`): Crockford's base 32 of the UUID's last 30 bits. Not unique, only handy.
 */
export function shortCode(recording: string): string {
  let rest = Number.parseInt(recording.slice(-8), 16) % 2 ** 30
  let code = ''
  for (let place = 0; place < 6; place += 1) {
    code = codeAlphabet.charAt(rest % 32) + code
    rest = Math.floor(rest / 32)
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** What names a stored media segment. */
export type MediaName = {
  readonly municipality: string
  readonly recording: string
  readonly sequence: number
  readonly statementSha256: string
  readonly capturedAt: number
}

/**
 * Name of a stored media segment. Cameras that record in the same hour share a directory, so that the directory's fsync,
 * which each acknowledgement waits for, is shared too. The hash lets two statements for one sequence lie side by side.
 */
export function mediaKey(name: MediaName): string {
  const hour = Math.max(0, Math.floor(name.capturedAt / 3_600_000))
  const sequence = String(name.sequence).padStart(10, '0')
  return `${name.municipality}/${hour}/${name.recording}-${sequence}-${name.statementSha256.slice(0, 32)}`
}

/** Name of a block of a whole file. Everything of one recording's files lies under `<municipality>/files/<recording>/`. */
export function fileBlockKey(place: FileBlockPlace): string {
  const { municipality, recording, object, block, sha256 } = place
  // The hash lets a retry with other bytes lie beside what a crash left without a row.
  return `${municipality}/files/${recording}/${object}/${String(block).padStart(8, '0')}-${sha256.slice(0, 16)}`
}

export type FileBlockPlace = {
  readonly municipality: string
  readonly recording: string
  readonly object: string
  readonly block: number
  readonly sha256: string
}

export function initKey(municipality: string, recording: string, initSha256: string): string {
  return `${municipality}/init/${recording}-${initSha256.slice(0, 32)}`
}
