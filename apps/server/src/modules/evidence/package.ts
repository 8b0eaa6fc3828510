/** The parts of an evidence package and its exact size, both repeatable from a plan that is kept with the export. */
import { crc32 as nativeCrc32 } from 'node:zlib'
import { buildPackage, encodeEnvelope, fromHex, type PackageParts, type Position } from '@sereno/proof'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal, Unavailable } from '../../kernel/errors.ts'
import { writePdf } from '../../kernel/pdf.ts'
import { caseFactsOf } from './case-facts.ts'
import { caseGraph } from './case-graph.ts'
import type { EvidenceDeps } from './deps.ts'
import { fileBlockKey, initKey } from './evidence.ts'
import { blockHashes, filesOf } from './files.ts'
import { manifestOf, type Plan, readPlan } from './package-plan.ts'
import { sheetBlocks, sheetTitle } from './sheet.ts'
import { plainText } from './sheet-text.ts'
import { mediaKeyOf, openingsOf, type StatementLine, statementLines, wholeStatements } from './store.ts'
import type { ExportRow, OpeningRow, OriginalFileRow, RecordingRow } from './tables.ts'

type Originals = {
  readonly media: (line: StatementLine) => Promise<Uint8Array>
  readonly init: (initSha256: string) => Promise<Uint8Array>
  readonly file: (file: OriginalFileRow | undefined) => AsyncIterable<Uint8Array> | null
  readonly sign: PackageParts['sign']
}
type PartsFor = (sign: PackageParts['sign']) => Promise<PackageParts>
type Named = { readonly sequence: number; readonly hash: string }

export type Packages = {
  readonly sizeOf: (scope: Scope, row: RecordingRow, plan: Plan) => Promise<number>
  readonly stream: (scope: Scope, row: RecordingRow, made: Pick<ExportRow, 'plan'>) => AsyncGenerator<Uint8Array>
}

export function createPackages(deps: EvidenceDeps): Packages {
  const db = deps.database.db

  async function partsOf(scope: Scope, row: RecordingRow, plan: Plan, from: Originals): Promise<PackageParts> {
    const manifest = manifestOf(plan.manifest)
    const named = new Map(manifest.statements.map((entry) => [entry.sequence, entry.statement]))
    const lines = (await statementLines(db, scope, row.id)).filter(
      (line) => named.get(line.sequence) === line.statement_sha256,
    )
    const bySequence = new Map(lines.map((line) => [line.sequence, line]))
    const files = new Map((await filesOf(db, scope, row.id)).map((file) => [file.sequence, file]))
    const openings = await openingsBySequence(scope, row, named, new Set(plan.disclosed))
    const hidden = manifest.equivocations.flatMap(({ sequence, statements }) =>
      statements.filter((hash) => hash !== named.get(sequence)).map((hash) => ({ sequence, hash })),
    )
    const blocks = sheetBlocks(plan.sheet)
    const init = manifest.init === null ? null : await from.init(manifest.init)
    return {
      sheet: plainText(sheetTitle, blocks),
      sheetPdf: await writePdf({
        title: `${sheetTitle} ${plan.sheet.code}`,
        documentId: `${sheetTitle} · ${plan.sheet.code} · ${plan.exportEntry.slice(0, 16)}`,
        author: plan.sheet.municipality,
        madeAtMs: plan.madeAtMs,
        language: 'es-PE',
        blocks,
      }),
      caseGraph: caseGraph(
        caseFactsOf(row, plan, manifest, { lines, files: [...files.values()], initBytes: init?.length ?? 0 }),
      ),
      verifier: await verifierOf(plan),
      origin: plan.origin,
      manifest: Buffer.from(plan.manifest, 'latin1'),
      firstManifest: plan.firstManifest === null ? null : Buffer.from(plan.firstManifest, 'latin1'),
      enrolment: plan.enrolment,
      entries: plan.entries,
      checkpoint: plan.checkpoint,
      init,
      statement: envelopesInOrder(scope, row, named),
      media: async (sequence) => {
        const line = bySequence.get(sequence)
        return line?.kind === 'media' ? from.media(line) : null
      },
      file: (sequence) => from.file(files.get(sequence)),
      positions: async (sequence) => disclosed(openings.get(sequence)),
      conflicts: await conflictsOf(scope, row, hidden),
      exportEntry: plan.exportEntry,
      exportProof:
        plan.exportProof === null ? null : { ...plan.exportProof, promise: decoded(plan.exportProof.promise) },
      notes: plan.notes,
      timestamps: plan.timestamps.map((stamp) => ({ ...stamp, token: decoded(stamp.token) })),
      madeAtMs: plan.madeAtMs,
      sign: from.sign,
      crc32: (bytes) => nativeCrc32(bytes),
    }
  }

  // The one that was promised, or the address has lapsed: a copy is never of another size than was told.
  async function verifierOf({ verifier }: Plan): Promise<Uint8Array | null> {
    const current = verifier === null ? null : await deps.packageExtras?.verifier?.()
    if (verifier !== null && current?.sha256 !== verifier) {
      throw new Refusal('recording.not-found')
    }
    return current?.bytes ?? null
  }

  /** Envelopes are asked for in ascending order: one page at a time is in memory. */
  function envelopesInOrder(
    scope: Scope,
    row: RecordingRow,
    named: ReadonlyMap<number, string>,
  ): (sequence: number) => Promise<Uint8Array> {
    let page = new Map<number, string>()
    return async (sequence) => {
      if (!page.has(sequence)) {
        const rows = await wholeStatements(db, scope, row.id, sequence, 200)
        const wanted = rows.filter((one) => named.get(one.sequence) === one.statement_sha256)
        page = new Map(wanted.map((one) => [one.sequence, one.envelope]))
      }
      const envelope = page.get(sequence)
      if (envelope === undefined) {
        throw new Error(`a statement of the manifest is not kept: ${row.id} ${sequence}`)
      }
      return Buffer.from(envelope, 'latin1')
    }
  }

  async function conflictsOf(
    scope: Scope,
    row: RecordingRow,
    hidden: readonly Named[],
  ): Promise<PackageParts['conflicts']> {
    const found: { sequence: number; statement: Uint8Array }[] = []
    for (const { sequence, hash } of hidden) {
      const rows = await wholeStatements(db, scope, row.id, sequence, 100)
      const one = rows.find((candidate) => candidate.statement_sha256 === hash)
      if (one !== undefined) {
        found.push({ sequence, statement: Buffer.from(one.envelope, 'latin1') })
      }
    }
    return found
  }

  async function openingsBySequence(
    scope: Scope,
    row: RecordingRow,
    named: ReadonlyMap<number, string>,
    wanted: ReadonlySet<number>,
  ): Promise<Map<number, OpeningRow>> {
    const openings = wanted.size === 0 ? [] : await openingsOf(db, scope, row.id)
    const fitting = openings.filter(
      ({ sequence, statement_sha256: statement }) => wanted.has(sequence) && named.get(sequence) === statement,
    )
    return new Map(fitting.map((one) => [one.sequence, one]))
  }

  async function originals(scope: Scope, row: RecordingRow, plan: Plan): Promise<PartsFor> {
    const dataKey = await deps.signer.dataKey(row.id)
    if (dataKey === null) {
      throw new Unavailable('footage')
    }
    const whole = async (key: string): Promise<Uint8Array> => {
      const pieces: Uint8Array[] = []
      for await (const piece of deps.blobs.read(key, dataKey)) {
        pieces.push(piece)
      }
      return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
    }
    return (sign) =>
      partsOf(scope, row, plan, {
        media: (line) => whole(mediaKeyOf(row, line)),
        init: (initSha256) => whole(initKey(row.municipality, row.id, initSha256)),
        file: (file) => (file === undefined ? null : blocksOf(file, whole)),
        sign,
      })
  }

  // Read through once with a signature of zeros: the size is then exact (checksums are written as decimal numbers, so
  // it depends on the bytes), and an original that cannot be read any more is found before a copy is promised.
  async function sizeOf(scope: Scope, row: RecordingRow, plan: Plan): Promise<number> {
    const parts = await originals(scope, row, plan)
    let sizeBytes = 0
    for await (const piece of buildPackage(await parts(unsigned))) {
      sizeBytes += piece.length
    }
    return sizeBytes
  }

  async function* stream(scope: Scope, row: RecordingRow, made: Pick<ExportRow, 'plan'>): AsyncGenerator<Uint8Array> {
    const parts = await originals(scope, row, readPlan(made.plan))
    yield* buildPackage(await parts((payloadType, payload) => deps.signer.sign('package', payloadType, payload)))
  }

  return { sizeOf, stream }
}

async function* blocksOf(
  file: OriginalFileRow,
  whole: (key: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const [block, sha256] of blockHashes(file).entries()) {
    yield await whole(fileBlockKey({ ...file, block, sha256 }))
  }
}

/** As long as a real one. */
const unsigned: PackageParts['sign'] = async (payloadType, payload) =>
  encodeEnvelope({
    payload,
    payloadType,
    signatures: [{ keyId: '0'.repeat(16), signature: new Uint8Array(64) }],
  })

function decoded(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

function disclosed(opening: OpeningRow | undefined): { salt: Uint8Array; positions: readonly Position[] } | null {
  const salt = opening === undefined ? null : fromHex(opening.salt)
  // Checked against the statement's commitment before it was kept, so it has the format's form.
  return opening === undefined || salt === null
    ? null
    : { salt, positions: JSON.parse(opening.positions) as readonly Position[] }
}
