import type { DeviceSelf } from '@sereno/contracts'
import type { SeenCheckpoint } from '@sereno/proof'
import { createScribe, type Scribe } from '../journal/scribe.ts'
import { createServerClock, type ServerClock } from '../session/server-clock.ts'
import { type Delivery, type DeliveryDeps, openDelivery } from './delivery.ts'
import { type Line, openLine } from './line.ts'
import { openSosLine, type SosLine } from './sos.ts'

/** Everything that exists once the phone is enrolled, under one device's name. */
export type Device = Delivery & {
  readonly id: string
  readonly scribe: Scribe
  readonly sos: SosLine
  readonly line: Line
  readonly clock: ServerClock
}
export type DeviceDeps = Omit<DeliveryDeps, 'device'> & {
  readonly build: string
  readonly self: DeviceSelf
  readonly onShift: () => void
  readonly requestKeyFrame: () => void
}

export async function openDevice(deps: DeviceDeps): Promise<Device> {
  const { keys, server, around, self } = deps
  const { vault } = keys
  const id = self.device.id
  const delivery = await openDelivery({ ...deps, device: id })
  const { folder, journal, session, uploader } = delivery
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
  return {
    ...delivery,
    id,
    scribe,
    sos,
    line,
    clock,
    dispose: () => {
      delivery.dispose()
      line.dispose()
    },
  }
}
