import { concatAll, toHex, utf8 } from './bytes.ts'
import { signCheckpoint } from './checkpoint.ts'
import type { CustodyProof } from './custody.ts'
import { signEnvelope } from './dsse.ts'
import { fileBlockBytes, fileBlockCount, fileBlocksRoot, type StatedFile } from './file-recording.ts'
import { sha256Hex } from './hash.ts'
import { signerFromSeed } from './keys.ts'
import { commitFields, encodeLeaf, type LedgerLeaf, openFields } from './leaf.ts'
import { encodeManifest, type Manifest, manifestPayloadType } from './manifest.ts'
import { inclusionProof, leafHash, nodesOf, rootOf } from './merkle.ts'
import { encodeVkey } from './note-key.ts'
import { buildPackage, type PackageParts } from './package/build.ts'
import type { ExportProof } from './package/extras.ts'
import { encodePromise, promisePayloadType } from './receipt.ts'
import { assembleRecording, type KnownStatement } from './recording.ts'
import { baseAt, device, gapAt, installation, mediaAt, municipality, recording, stopAt } from './statement.test-kit.ts'
import { openStatement, positionsCommitment, type Statement, signStatement, statementHash } from './statement.ts'
import type { Trust } from './trust.ts'

const logOrigin = '66666666-6666-4666-8666-666666666666'
const madeAtMs = 1_790_000_100_000
const patterns = new Map<string, Uint8Array>()
/** What a person wrote; its hash stands in an entry. */
export const testNote = 'Se ve la placa a los 40 s.'

/** Keys of the test installation, one per purpose, the same in every run. */
export const testSigners = {
  device: await signerFromSeed(new Uint8Array(32).fill(11)),
  log: await signerFromSeed(new Uint8Array(32).fill(12)),
  manifest: await signerFromSeed(new Uint8Array(32).fill(13)),
  package: await signerFromSeed(new Uint8Array(32).fill(14)),
  promise: await signerFromSeed(new Uint8Array(32).fill(15)),
}

export const testTrust: Trust = {
  format: 1,
  installation,
  municipality,
  name: 'Distrito de prueba',
  demonstration: false,
  madeAtMs,
  log: { origin: logOrigin, keys: [await encodeVkey(logOrigin, testSigners.log.key)] },
  manifestKeys: [testSigners.manifest.key],
  packageKeys: [testSigners.package.key],
  receiptKeys: [],
  promiseKeys: [testSigners.promise.key],
  witnesses: [],
}

export type FixtureOptions = {
  readonly segments?: number
  readonly segmentBytes?: number
  readonly simulated?: boolean
  /** A recording of whole files instead of segments. */
  readonly files?: readonly Uint8Array[]
  /** Leave out the stop: sealed incomplete. */
  readonly unterminated?: boolean
  /** Sequences to lose before sealing. */
  readonly lost?: readonly number[]
  readonly disclosePositions?: boolean
  /** Statement hash that the log noted as head of sequence 2 before the sealing; the right one when left out. */
  readonly head?: string
  /** Why the installation set the recording apart. */
  readonly quarantine?: string
  /** Fields of the export's own entry that differ. */
  readonly exported?: Readonly<Record<string, string>>
  /** Nothing published holds the export's entry yet: the log's promise stands for it. */
  readonly promised?: boolean
  /** Changes what the camera signs, statement by statement; what follows is chained to the changed one. */
  readonly statement?: (statement: Statement) => Statement
  /** Fields of the enrolment that differ. */
  readonly enrolled?: Readonly<Record<string, string>>
  readonly manifest?: (manifest: Manifest) => Manifest
  readonly parts?: (parts: PackageParts) => PackageParts
}

type Recorded = {
  readonly sequence: number
  readonly envelope: Uint8Array
  readonly media: Uint8Array | null
  readonly file: Uint8Array | null
  readonly known: KnownStatement
}

/** A package of the test installation: media, one gap after the first segment, a stop. Same options, same bytes. */
export async function packageParts(options: FixtureOptions = {}): Promise<PackageParts> {
  const init = pattern(40, 99)
  const salt = new Uint8Array(32).fill(3)
  const positions = [positionAt(1_790_000_000_000)]
  const all = await record(options, await sha256Hex(init), await positionsCommitment(salt, positions))
  const kept = all.filter(({ sequence }) => options.lost?.includes(sequence) !== true)
  const enrolment = await ledgerEntry('device', {
    kind: 'device.enrolled',
    installation,
    device,
    keyEpoch: '1',
    algorithm: 'ed25519',
    publicKey: testSigners.device.key.publicKey,
    simulated: String(options.simulated === true),
    ...options.enrolled,
  })
  const manifest = manifestOf(kept, toHex(await leafHash(encodeLeaf(enrolment.leaf))))
  const changed = options.manifest?.(manifest) ?? manifest
  const envelope = await signEnvelope(testSigners.manifest, manifestPayloadType, encodeManifest(changed))
  const sealed = await ledgerEntry('recording', {
    kind: 'recording.sealed',
    recording,
    manifest: await sha256Hex(envelope),
  })
  const exported = await ledgerEntry('access', {
    kind: 'recording.exported',
    subjects: `recording:${recording} person:someone`,
    allowed: 'true',
    note: await sha256Hex(utf8(testNote)),
    ...options.exported,
  })
  const apart = await ledgerEntry('recording', {
    kind: 'recording.quarantined',
    subjects: `recording:${recording}`,
    code: options.quarantine ?? '',
  })
  const headed = await ledgerEntry('heads', {
    kind: 'recording.head',
    subjects: `recording:${recording}`,
    sequence: '2',
    head: options.head ?? all[2]?.known.hash ?? '',
  })
  const exportEntry = toHex(await leafHash(encodeLeaf(exported.leaf)))
  const proofs = await prove([
    enrolment,
    sealed,
    ...(options.promised === true ? [sealed] : [exported]),
    ...(all.length > 2 ? [headed] : []),
    ...(options.quarantine === undefined ? [] : [apart]),
  ])
  const bySequence = new Map(kept.map((entry) => [entry.sequence, entry]))
  const find = (sequence: number): Recorded => {
    const found = bySequence.get(sequence)
    if (found === undefined) {
      throw new RangeError('no such sequence')
    }
    return found
  }
  const parts: PackageParts = {
    sheet: 'Hoja de custodia\n',
    sheetPdf: null,
    caseGraph: null,
    verifier: null,
    origin: testTrust,
    manifest: envelope,
    firstManifest: null,
    enrolment: proofs.entries[0] ?? enrolment,
    entries: proofs.entries.slice(1),
    checkpoint: proofs.checkpoint,
    init: options.files === undefined ? init : null,
    statement: async (sequence) => find(sequence).envelope,
    media: async (sequence) => find(sequence).media,
    file: (sequence) => {
      const { file } = find(sequence)
      return file === null ? null : blocksInOrder(file)
    },
    positions: async (sequence) => (options.disclosePositions === true && sequence === 0 ? { salt, positions } : null),
    conflicts: [],
    exportEntry,
    exportProof: options.promised === true ? await promisedProof(exported) : null,
    notes: options.promised === true ? [] : [{ entry: exportEntry, text: testNote }],
    timestamps: [],
    madeAtMs,
    sign: (payloadType, payload) => signEnvelope(testSigners.package, payloadType, payload),
  }
  return options.parts?.(parts) ?? parts
}

export async function packageBytes(options: FixtureOptions = {}): Promise<Uint8Array> {
  return collect(buildPackage(await packageParts(options)))
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) {
    pieces.push(piece)
  }
  return concatAll(pieces)
}

async function record(options: FixtureOptions, init: string, positions: string): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = []
  const add = async (
    make: (previous: string | null) => Statement,
    media: Uint8Array | null,
    file: Uint8Array | null = null,
  ): Promise<void> => {
    const made = make(recorded.at(-1)?.known.hash ?? null)
    const envelope = await signStatement(testSigners.device, options.statement?.(made) ?? made)
    const opened = openStatement(envelope)
    if (!opened.ok) {
      throw new Error(opened.code)
    }
    const known = { hash: await statementHash(envelope), statement: opened.value.statement }
    recorded.push({ sequence: recorded.length, envelope, media, file, known })
  }
  for (const file of options.files ?? []) {
    const stated = await statedFile(`CLIP-${recorded.length}.MP4`, file)
    const source = { kind: 'dock', path: null, modifiedMs: null } as const
    const sequence = recorded.length
    await add(
      (previous) => ({ kind: 'file', body: { ...baseAt(sequence, previous), file: stated, source } }),
      null,
      file,
    )
  }
  const segments = options.segments ?? (options.files === undefined ? 3 : 0)
  for (let segment = 0; segment < segments; segment += 1) {
    const media = pattern(options.segmentBytes ?? 64, segment)
    const sequence = recorded.length
    const about = { init, media: { sha256: await sha256Hex(media), sizeBytes: media.length } }
    const place = sequence === 0 ? { positions } : {}
    await add((previous) => mediaAt(sequence, previous, { ...about, ...place }), media)
    if (segment === 0) {
      await add((previous) => gapAt(1, previous), null)
    }
  }
  if (options.unterminated !== true) {
    await add((previous) => stopAt(recorded.length, previous), null)
  }
  return recorded
}

async function statedFile(name: string, bytes: Uint8Array): Promise<StatedFile> {
  const hashes = await Promise.all(blocksOf(bytes).map(sha256Hex))
  return {
    name,
    sizeBytes: bytes.length,
    sha256: await sha256Hex(bytes),
    blockBytes: fileBlockBytes,
    blocks: await fileBlocksRoot(hashes),
  }
}

function blocksOf(bytes: Uint8Array): readonly Uint8Array[] {
  const count = fileBlockCount(bytes.length)
  return Array.from({ length: count }, (_, block) =>
    bytes.subarray(block * fileBlockBytes, (block + 1) * fileBlockBytes),
  )
}

async function* blocksInOrder(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* blocksOf(bytes)
}

function manifestOf(kept: readonly Recorded[], enrolment: string): Manifest {
  const facts = assembleRecording(kept.map(({ known }) => known))
  return {
    format: 1,
    installation,
    municipality,
    recording,
    device,
    keyEpoch: 1,
    enrolment,
    officer: { id: '77777777-7777-4777-8777-777777777777', code: 'S-014' },
    policy: 'retention-default@1',
    sealedAtMs: madeAtMs,
    incomplete: facts.state !== 'complete',
    supplementOf: null,
    init: facts.init,
    statements: facts.statements.map(({ hash, statement }) => ({ sequence: statement.body.sequence, statement: hash })),
    count: facts.statements.length,
    head: facts.statements.at(-1)?.hash ?? null,
    stop: facts.stop?.reason ?? null,
    gaps: facts.gaps,
    missing: facts.missing,
    equivocations: [],
    track: null,
  }
}

async function ledgerEntry(kind: string, values: Readonly<Record<string, string>>): Promise<CustodyProof> {
  const fields = Object.entries(values).map(([name, value], place) => ({
    name,
    value,
    salt: new Uint8Array(32).fill(place),
  }))
  const leaf: LedgerLeaf = { version: 1, kind, municipality, root: await commitFields(fields) }
  return { index: 0, leaf, openings: await openFields(fields), proof: [] }
}

async function promisedProof({ leaf, openings }: CustodyProof): Promise<ExportProof> {
  const leafHashHex = toHex(await leafHash(encodeLeaf(leaf)))
  const payload = encodePromise({
    format: 1,
    origin: logOrigin,
    leafHash: leafHashHex,
    promisedAtMs: madeAtMs,
    includedByMs: madeAtMs + 60_000,
  })
  return { leaf, openings, promise: await signEnvelope(testSigners.promise, promisePayloadType, payload) }
}

// A log of ten leaves with the entries at 2, 5, 9, 3 and 7.
async function prove(
  entries: readonly CustodyProof[],
): Promise<{ readonly entries: readonly CustodyProof[]; readonly checkpoint: string }> {
  const places = [2, 5, 9, 3, 7]
  const hashes: Uint8Array[] = await Promise.all(
    Array.from({ length: 10 }, (_, place) => leafHash(new Uint8Array([place]))),
  )
  for (const [place, entry] of entries.entries()) {
    hashes[places[place] ?? 0] = await leafHash(encodeLeaf(entry.leaf))
  }
  const nodes = nodesOf(hashes)
  const proved = entries.map(async (entry, place) => {
    const index = places[place] ?? 0
    return { ...entry, index, proof: (await inclusionProof(nodes, index, 10)).map(toHex) }
  })
  const checkpoint = { origin: logOrigin, size: 10, root: await rootOf(hashes), extensions: [] }
  return { entries: await Promise.all(proved), checkpoint: await signCheckpoint(checkpoint, testSigners.log) }
}

function positionAt(wallClockMs: number) {
  const place = { wallClockMs, latitudeE7: -121_300_000, longitudeE7: -769_900_000, accuracyCm: 450 }
  return { ...place, altitudeCm: null, speedCmPerSecond: null, headingCentidegrees: null }
}

// 256 different ones of a size: gigabytes of footage cost the memory of these.
function pattern(sizeBytes: number, seed: number): Uint8Array {
  const key = `${sizeBytes}/${seed & 0xff}`
  const known = patterns.get(key)
  if (known !== undefined) {
    return known
  }
  const made = new Uint8Array(sizeBytes)
  for (let place = 0; place < sizeBytes; place += 1) {
    made[place] = place * 31 + seed * 17
  }
  patterns.set(key, made)
  return made
}
