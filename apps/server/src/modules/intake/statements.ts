/** Statements and receipts that the installation signs itself, as the dock that it is for whoever signs nothing. */

import { hash } from 'node:crypto'
import {
  encodeReceipt,
  encodeStatement,
  type FileMembers,
  type FileStatement,
  payloadTypeOf,
  type Receipt,
  receiptPayloadType,
  type StatementBase,
  type StopStatement,
  statementHash,
} from '@sereno/proof'
import { systemActor } from '../../kernel/actor.ts'
import type { IntakeDeps } from './door.ts'

export type OwnDock = { readonly id: string; readonly code: string; readonly keyEpoch: number }
export type SignedFile = {
  readonly statement: FileStatement
  readonly envelope: Uint8Array
  readonly receipt: Uint8Array
}
export type SignedStop = {
  readonly statement: StopStatement
  readonly envelope: Uint8Array
  readonly receipt: Uint8Array
}

/** The installation's dock, enrolled with the signer's intake key; asked for once in each process. */
export function createOwnDock(deps: IntakeDeps): (municipality: string) => Promise<OwnDock> {
  const docks = new Map<string, Promise<OwnDock>>()
  return (municipality) => {
    const known = docks.get(municipality)
    if (known !== undefined) {
      return known
    }
    const made = (async () => {
      const { intake } = await deps.signer.publicKeys()
      return deps.fleet.ownDock({ municipality, actor: systemActor(municipality) }, intake)
    })()
    docks.set(municipality, made)
    made.catch(() => docks.delete(municipality))
    return made
  }
}

/** Signs one statement for each file and the stop; the counters go on from the dock's last. */
export async function signFiles(
  deps: IntakeDeps,
  dock: OwnDock,
  recording: { readonly municipality: string; readonly id: string; readonly members: readonly FileMembers[] },
): Promise<{ readonly files: readonly SignedFile[]; readonly stop: SignedStop }> {
  const self = await deps.fleet.self(dock.id)
  const build = hash('sha256', `sereno/${deps.config.version}`)
  const now = deps.clock.nowMs()
  const first = (self.lastCounter ?? -1) + 1
  const base = (sequence: number, previous: string | null): StatementBase => ({
    format: 1,
    installation: deps.config.installation,
    municipality: recording.municipality,
    device: dock.id,
    keyEpoch: dock.keyEpoch,
    counter: first + sequence,
    recording: recording.id,
    sequence,
    previous,
    wallClockMs: now,
    monotonicMs: Math.round(deps.clock.monotonicMs()),
    serverTime: { lastSeenMs: now, offsetMs: 0, uncertaintyMs: 0, ageMs: 0 },
    checkpoint: self.checkpoint,
    build,
    keyProtection: 'software',
  })
  let previous = self.lastHead
  const files: SignedFile[] = []
  for (const [sequence, members] of recording.members.entries()) {
    const statement: FileStatement = { ...base(sequence, previous), ...members }
    const envelope = await deps.signer.sign(
      'intake',
      payloadTypeOf('file'),
      encodeStatement({ kind: 'file', body: statement }),
    )
    files.push({ statement, envelope, receipt: await signReceipt(deps, statement, envelope) })
    previous = await statementHash(envelope)
  }
  const sequence = recording.members.length
  const statement: StopStatement = {
    ...base(sequence, previous),
    reason: 'closed',
    count: sequence,
    head: sequence === 0 ? null : previous,
  }
  const envelope = await deps.signer.sign(
    'intake',
    payloadTypeOf('stop'),
    encodeStatement({ kind: 'stop', body: statement }),
  )
  return { files, stop: { statement, envelope, receipt: await signReceipt(deps, statement, envelope) } }
}

/** The receipt of a file or of a stop (evidence format, section 4). */
export async function signReceipt(
  deps: Pick<IntakeDeps, 'signer' | 'clock'>,
  statement: FileStatement | StopStatement,
  envelope: Uint8Array,
  quarantined = false,
): Promise<Uint8Array> {
  const { installation, municipality, device, recording, sequence } = statement
  const file = 'file' in statement && statement.file.sizeBytes > 0 ? statement.file : null
  const receipt: Receipt = {
    format: 1,
    installation,
    municipality,
    device,
    recording,
    sequence,
    statement: await statementHash(envelope),
    media: file === null ? null : { sha256: file.sha256, sizeBytes: file.sizeBytes },
    receivedAtMs: deps.clock.nowMs(),
    quarantined,
  }
  return deps.signer.sign('receipt', receiptPayloadType, encodeReceipt(receipt))
}
