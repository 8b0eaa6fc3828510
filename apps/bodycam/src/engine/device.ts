import type { DeviceSelf } from '@sereno/contracts'
import type { SeenCheckpoint } from '@sereno/proof'
import type { Folder } from '../journal/folder.ts'
import { type Journal, openJournal } from '../journal/journal.ts'
import { createScribe, type Scribe } from '../journal/scribe.ts'
import type { VaultKey } from '../journal/vault.ts'
import type { DeviceKeys } from '../keys/device-keys.ts'
import { type FixQueue, openFixQueue } from '../position/fix-queue.ts'
import type { Server } from '../session/server.ts'
import { createServerClock, type ServerClock } from '../session/server-clock.ts'
import { createSession, type Session } from '../session/session.ts'
import { tidy } from '../upload/tidy.ts'
import { createUploader, type Uploader } from '../upload/uploader.ts'
import { type Line, openLine } from './line.ts'
import { openSosLine, type SosLine } from './sos.ts'
import type { Surroundings } from './surroundings.ts'

/** Everything that exists once the phone is enrolled, under one device's name. */
export type Device = {
  readonly id: string
  readonly journal: Journal
  readonly scribe: Scribe
  readonly session: Session
  readonly uploader: Uploader
  readonly fixes: FixQueue
  readonly sos: SosLine
  readonly line: Line
  readonly clock: ServerClock
  /** One round of marks, positions and erasing. */
  readonly tidy: () => Promise<void>
  readonly dispose: () => void
}
export type DeviceDeps = {
  readonly root: Folder
  readonly keys: DeviceKeys
  readonly server: Server
  readonly around: Surroundings
  readonly build: string
  readonly self: DeviceSelf
  readonly latestSelf: () => DeviceSelf
  readonly onSelf: (self: DeviceSelf) => void
  readonly onReached: (reached: boolean) => void
  readonly onShift: () => void
  readonly onChange: () => void
  readonly requestKeyFrame: () => void
}

export async function openDevice(deps: DeviceDeps): Promise<Device> {
  const { root, keys, server, around, self } = deps
  const vault: VaultKey = keys.vault
  const id = self.device.id
  const folder = await (await root.folder('devices')).folder(id)
  const journal = await openJournal(folder, vault)
  const clock = createServerClock()
  let checkpoint: SeenCheckpoint | null = null

  await journal.adopt({ nextCounter: (self.lastCounter ?? -1) + 1, lastHash: self.lastHead })
  const signatory = {
    signer: keys.signer,
    installation: self.installation,
    municipality: self.municipality.id,
    device: id,
    keyEpoch: self.device.keyEpoch,
    build: deps.build,
    serverTime: () => clock.time(around.monotonicMs()),
    checkpoint: () => checkpoint,
    randomBytes: vault.randomBytes,
  }
  const scribe = createScribe(journal, signatory, ({ recording, signed }) => uploader.add(recording, signed.sequence))
  const session = createSession({
    server,
    signer: keys.signer,
    device: id,
    nowMs: around.monotonicMs,
    onSelf: deps.onSelf,
  })
  const uploader = createUploader({
    journal,
    server,
    device: id,
    receiptKeys: () => deps.latestSelf().receiptKeys,
    nowMs: around.nowMs,
    random: around.random,
    schedule: around.schedule,
    parallel: 3,
    onChange: (reached) => {
      deps.onReached(reached)
      deps.onChange()
    },
  })
  const fixes = await openFixQueue(folder, vault, { server, session })
  const sos = await openSosLine(folder, vault, {
    server,
    session,
    nowMs: around.nowMs,
    schedule: around.schedule,
    onChange: deps.onChange,
  })
  const line = openLine(
    {
      around,
      session,
      signer: keys.signer,
      clock,
      onReached: deps.onReached,
      onCheckpoint: (seen) => {
        checkpoint = checkpoint === null || seen.size >= checkpoint.size ? seen : checkpoint
      },
      onAlarm: ({ alarm }) => void sos.hear(alarm),
      onOpen: () => {
        sos.pump()
        uploader.hurry()
      },
      onShift: deps.onShift,
      onChange: deps.onChange,
      requestKeyFrame: deps.requestKeyFrame,
    },
    self,
  )
  sos.pump()
  let tidying: Promise<void> | null = null
  return {
    id,
    journal,
    scribe,
    session,
    uploader,
    fixes,
    sos,
    line,
    clock,
    tidy: () => {
      const onMissing = (recording: string, sequence: number) => uploader.add(recording, sequence)
      tidying ??= tidy({ journal, server, session, nowMs: around.nowMs, onMissing }).finally(() => {
        tidying = null
      })
      return tidying
    },
    dispose: () => {
      uploader.dispose()
      line.dispose()
    },
  }
}
