/**
 * Makes a recording of a file whose blocks are all there. In this order:
 *
 *  1. the dock's signed statements are judged and kept with the upload, state `verifying`   crash: the dock completes again
 *  2. blocks against the statement's commitment; the whole file's hash                      crash: the timer begins again
 *  3. the file is read in the sandbox: time, place, device. It may fail; the file is kept   crash: as 2
 *  4. its track is stored under the recording's id, which nobody knows yet                  crash: the same rows again
 *  5. the receipts are signed                                                               crash: nobody has seen them
 *  6. one transaction: recording, statements, file, entries, source, the upload `kept`      crash before: as 2; after: 7
 *  7. the answer: the receipt against which the source may be erased
 */
import type { BodyOf, intakeOperations } from '@sereno/contracts'
import {
  type FileStatement,
  fileBlockBytes,
  fileBlockCount,
  fileBlocksRoot,
  importVerifier,
  isSignedBy,
  openStatement,
  type Statement,
  type StopStatement,
  statementHash,
} from '@sereno/proof'
import { type Scope, systemActor } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { wantCopy } from './copies.ts'
import { type Described, describe } from './describe.ts'
import type { IntakeDeps, IntakeSettings } from './door.ts'
import type { Reader } from './probe/facts.ts'
import type { Probe } from './probe/probe.ts'
import type { createProgresses } from './progress.ts'
import type { Receive, UploadView } from './receive.ts'
import { linkSource, noteSource } from './sources.ts'
import { signReceipt } from './statements.ts'
import { blocksOf, changeUpload, findUpload, uploadsToVerify } from './store.ts'
import type { SourceRow, UploadRow } from './tables.ts'

type Wish = BodyOf<(typeof intakeOperations)['POST /device/uploads/:id/complete']>
type Judged = { readonly file: FileStatement; readonly stop: StopStatement }

export type Finish = ReturnType<typeof createFinish>

export function createFinish(
  deps: IntakeDeps,
  settings: IntakeSettings,
  parts: { readonly receive: Receive; readonly progresses: ReturnType<typeof createProgresses>; readonly probe: Probe },
) {
  const db = deps.database.db
  const underWay = new Map<string, Promise<void>>()

  async function complete(scope: Scope, id: string, wish: Wish): Promise<UploadView> {
    const row = await parts.receive.own(scope, id)
    if (row.state === 'receiving') {
      const envelopes = [wish.statement, wish.stop].map((text) => Buffer.from(text, 'base64'))
      const [statement, stop] = envelopes
      if (statement === undefined || stop === undefined) {
        throw new Refusal('upload.wrong-statement')
      }
      await judge(row, statement, stop)
      if (row.received_bytes !== row.size_bytes) {
        throw new Refusal('upload.incomplete')
      }
      await changeUpload(db, scope, id, {
        state: 'verifying',
        statement: statement.toString('latin1'),
        stop: stop.toString('latin1'),
      })
      parts.receive.forget(id)
    }
    const done = finish(row.municipality, id)
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, settings.completeWaitMs).unref())])
    return parts.receive.view(scope, await parts.receive.own(scope, id))
  }

  /** That both are signed by the dock's key in use or an earlier one, and speak of this file. */
  async function judge(row: UploadRow, statement: Uint8Array, stop: Uint8Array): Promise<Judged> {
    const opened = [openStatement(statement), openStatement(stop)]
    for (const one of opened) {
      if (!one.ok) {
        throw new Refusal('upload.wrong-statement', { problem: one.code })
      }
      const { body } = one.value.statement
      const key = await deps.fleet.keyOf(db, body.device, body.keyEpoch)
      const verifier =
        key === null
          ? null
          : await importVerifier({ algorithm: 'ed25519', publicKey: Buffer.from(key.publicKey).toString('base64url') })
      if (verifier?.ok !== true || !(await isSignedBy(one.value.envelope, verifier.value))) {
        throw new Refusal('segment.bad-signature')
      }
      if (body.installation !== deps.config.installation || body.municipality !== row.municipality) {
        throw new Refusal('segment.wrong-installation')
      }
    }
    const judged = pairOf(opened.map((one) => (one.ok ? one.value.statement : null)))
    const { file, source } = judged?.file ?? {}
    const isOurs =
      judged !== null &&
      judged.file.recording === row.id &&
      judged.file.device === row.dock &&
      judged.stop.previous === (await statementHash(statement)) &&
      file?.sizeBytes === row.size_bytes &&
      file.name === row.name &&
      source?.kind !== 'axis'
    if (!isOurs || judged === null) {
      throw new Refusal('upload.wrong-statement')
    }
    return judged
  }

  function finish(municipality: string, id: string): Promise<void> {
    const name = `${municipality}/${id}`
    const known = underWay.get(name)
    if (known !== undefined) {
      return known
    }
    const run = finishOne({ municipality, actor: systemActor(municipality) }, id)
      .catch((error: unknown) => deps.log.error({ err: error, upload: id }, 'intake: a file could not be finished'))
      .finally(() => {
        underWay.delete(name)
        parts.progresses.forget(id)
      })
    underWay.set(name, run)
    return run
  }

  async function finishOne(scope: Scope, id: string): Promise<void> {
    const row = await findUpload(db, scope, id)
    if (row?.state !== 'verifying' || row.statement === null || row.stop === null) {
      return
    }
    const statement = Buffer.from(row.statement, 'latin1')
    const stop = Buffer.from(row.stop, 'latin1')
    const judged = pairOf(
      [statement, stop].map((envelope) => {
        const opened = openStatement(envelope)
        return opened.ok ? opened.value.statement : null
      }),
    )
    if (judged === null) {
      throw new Error('a judged statement does not open')
    }
    const blocks = (await blocksOf(db, scope, id)).map(({ sha256 }) => sha256)
    const reader = readerOf(row, blocks)
    const whole = await wholeHash(row, reader)
    if (
      blocks.length !== fileBlockCount(row.size_bytes) ||
      (await fileBlocksRoot(blocks)) !== judged.file.file.blocks ||
      whole !== judged.file.file.sha256
    ) {
      await changeUpload(db, scope, id, { state: 'refused', refusal: 'upload.wrong-statement' })
      return
    }
    const found = await parts.probe(reader)
    const timeZone = deps.identity.municipality()?.timeZone ?? 'UTC'
    const described = describe(row, found, timeZone, deps.clock.nowMs())
    if (described.track.length > 0) {
      await deps.tracks.keep(id, row.municipality, described.track)
    }
    await keep(scope, row, { judged, statement, stop, blocks, described })
  }

  async function keep(
    scope: Scope,
    row: UploadRow,
    made: Judgement & { readonly blocks: readonly string[]; readonly described: Described },
  ): Promise<void> {
    const { judged, described } = made
    const [receipt, stopReceipt] = await Promise.all([
      signReceipt(deps, judged.file, made.statement),
      signReceipt(deps, judged.stop, made.stop),
    ])
    const key = await deps.fleet.keyOf(db, row.dock, judged.file.keyEpoch)
    await deps.database.transaction(async (tx) => {
      const source = await sourceOf(tx, scope, row, described)
      const camera = source?.device == null ? null : await deps.fleet.device(scope, source.device)
      const issue = camera === null ? null : await deps.fleet.issueAt(tx, camera.id, described.startedAt)
      const start = described.track[0]
      await deps.evidence.files.keep(tx, {
        municipality: row.municipality,
        id: row.id,
        device: camera ?? { id: row.dock, code: row.dock_code },
        taker: { id: row.dock, code: row.dock_code },
        simulated: key?.simulated ?? false,
        officer: issue?.officer ?? null,
        quarantine: key?.revokedAtMs == null ? null : 'key-revoked',
        startedAt: described.startedAt,
        endedAt: described.endedAt,
        start: start === undefined ? null : { latitude: start.latitude, longitude: start.longitude },
        hasTrack: described.track.length > 0,
        files: [
          {
            statement: judged.file,
            envelope: made.statement,
            receipt,
            object: row.object,
            blocks: made.blocks,
            facts: described.facts,
          },
        ],
        stop: { statement: judged.stop, envelope: made.stop, receipt: stopReceipt },
        markers: [],
        fields: fieldsOf(row, judged.file, described),
      })
      if (source !== null) {
        await linkSource(tx, scope, source.id, row.id)
      }
      await wantCopy(
        deps,
        tx,
        scope,
        { recording: row.id, sequence: 0, sha256: judged.file.file.sha256 },
        described.facts,
      )
      await changeUpload(tx, scope, row.id, { state: 'kept', receipt: Buffer.from(receipt).toString('latin1') })
    })
  }

  async function sourceOf(
    tx: Parameters<typeof noteSource>[1],
    scope: Scope,
    row: UploadRow,
    { maker, model, serial }: Described,
  ): Promise<SourceRow | null> {
    const words = [maker, model, serial].filter((word) => word !== null)
    return words.length === 0
      ? null
      : noteSource(deps, tx, scope, {
          kind: 'camera',
          system: row.dock_code,
          key: words.join(' '),
          name: words.join(' '),
          model: [maker, model].filter((word) => word !== null).join(' ') || null,
        })
  }

  function readerOf(
    row: UploadRow,
    blocks: readonly string[],
  ): Reader & {
    readonly range: (start: number, end: number) => AsyncIterable<Uint8Array>
  } {
    const file = {
      municipality: row.municipality,
      recording: row.id,
      object: row.object,
      size_bytes: row.size_bytes,
      blocks: blocks.length,
      block_sha256: blocks.join(''),
    }
    const range = (start: number, end: number) => deps.evidence.files.read(file, { start, end })
    return {
      sizeBytes: row.size_bytes,
      range,
      async read(offset, lengthBytes) {
        const pieces: Uint8Array[] = []
        for await (const piece of range(offset, offset + lengthBytes)) {
          pieces.push(piece)
        }
        return Buffer.concat(pieces)
      },
    }
  }

  /** What arrived in order is hashed already; the rest, or after a restart all of it, is read back. */
  async function wholeHash(row: UploadRow, reader: ReturnType<typeof readerOf>): Promise<string> {
    const progress = parts.progresses.of(row.id)
    for await (const piece of reader.range(progress.hashed() * fileBlockBytes, row.size_bytes)) {
      progress.add(piece)
    }
    parts.progresses.forget(row.id)
    return progress.digest()
  }

  async function sweep(): Promise<void> {
    for (const { municipality, id } of await uploadsToVerify(db)) {
      await finish(municipality, id)
    }
  }

  return { complete, sweep }
}

type Judgement = { readonly judged: Judged; readonly statement: Uint8Array; readonly stop: Uint8Array }

function pairOf(statements: readonly (Statement | null)[]): Judged | null {
  const [file, stop] = statements
  return file?.kind === 'file' && stop?.kind === 'stop' && file.body.sequence === 0 && stop.body.sequence === 1
    ? { file: file.body, stop: stop.body }
    : null
}

function fieldsOf(row: UploadRow, { file }: FileStatement, described: Described): Record<string, string> {
  return {
    source: 'dock',
    fileName: file.name,
    sha256: file.sha256,
    startBasis: described.basis,
    clockOffsetMs: String(described.clockOffsetMs),
    container: described.facts.container ?? '',
    maker: described.maker ?? '',
    model: described.model ?? '',
    serial: described.serial ?? '',
    modifiedAt: row.modified_at === null ? '' : String(row.modified_at),
  }
}
