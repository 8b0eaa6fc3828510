/**
 * Makes a recording of a container that its controller calls complete. In this order:
 *
 *  1. what came is put in order: clips by their start, then keys, trails, the rest       crash: the timer begins again
 *  2. trails are read and their positions stored under the recording's id                crash: the same rows again
 *  3. one statement for each file and the stop, signed as the installation's own dock    crash: signed statements nobody
 *                                                                                        has; the next ones replace them
 *  4. one transaction: recording, statements, files, marks, entries, the container kept  crash before: as 3; after: done
 *
 * Two recordings are never signed at once: each names the dock's statement before.
 */

import { hash } from 'node:crypto'
import type { Fix } from '@sereno/contracts'
import { fileBlocksRoot } from '@sereno/proof'
import { type Scope, systemActor } from '../../../kernel/actor.ts'
import type { FileFacts, FileRecording } from '../../evidence/index.ts'
import { wantCopy } from '../copies.ts'
import { factsOf } from '../describe.ts'
import type { IntakeDeps } from '../door.ts'
import type { Probe } from '../probe/probe.ts'
import { cleanName } from '../receive.ts'
import { isRegistered, linkSource, noteSource } from '../sources.ts'
import { type OwnDock, signFiles } from '../statements.ts'
import type { SourceRow } from '../tables.ts'
import { instantOf, objectKind, readContainerName, readLocation, readTrail, timeIn } from './names.ts'
import {
  type ContainerRow,
  changeContainer,
  containersDue,
  countLocked,
  findContainer,
  type ObjectRow,
  objectsOf,
} from './store.ts'

/** After this long without a word, what came too late for its recording becomes one of its own. */
const silentMs = 10 * 60_000
const mostTrailBytes = 32 * 1024 * 1024

export function createAssembly(
  deps: IntakeDeps,
  parts: { readonly probe: Probe; readonly ownDock: (municipality: string) => Promise<OwnDock> },
) {
  const db = deps.database.db
  let line: Promise<void> = Promise.resolve()

  function assemble(place: Pick<ContainerRow, 'municipality' | 'connection' | 'name'>): Promise<void> {
    const scope = { municipality: place.municipality, actor: systemActor(place.municipality) }
    const run = line.then(() => assembleOne(scope, place))
    line = run.catch(() => undefined)
    return run
  }

  async function assembleOne(scope: Scope, place: Pick<ContainerRow, 'connection' | 'name'>): Promise<void> {
    const container = await findContainer(db, scope, place.connection, place.name)
    if (container === null || container.state === 'kept') {
      return
    }
    const all = await objectsOf(db, scope, container.recording)
    const objects = newestOf(all)
    if (objects.length === 0) {
      await changeContainer(db, scope, place, 'kept')
      return
    }
    const ordered = inOrder(objects)
    const encrypted = new Set(objects.filter(({ name }) => objectKind(name) === 'key').map(({ name }) => stemOf(name)))
    const startedAt = startOf(container, ordered)
    const facts: FileFacts[] = []
    for (const object of ordered) {
      facts.push(await factsFor(object, encrypted, startedAt))
    }
    const track = await trackOf(ordered, startedAt)
    if (track.length > 0) {
      await deps.tracks.keep(container.recording, scope.municipality, track)
    }
    const dock = await parts.ownDock(scope.municipality)
    const members = await Promise.all(
      ordered.map(async (object) => ({
        file: {
          name: cleanName(object.name),
          sizeBytes: object.size_bytes,
          sha256: object.sha256,
          blockBytes: 8_388_608 as const,
          blocks: await fileBlocksRoot(hashesOf(object)),
        },
        source: { kind: 'axis' as const, path: hash('sha256', `${container.name}/${object.name}`), modifiedMs: null },
      })),
    )
    const signed = await signFiles(deps, dock, { municipality: scope.municipality, id: container.recording, members })
    const files = signed.files.map((file, index) => {
      const object = ordered[index]
      const known = facts[index]
      if (object === undefined || known === undefined) {
        throw new Error('a file was signed that did not come')
      }
      return { ...file, object: object.object, blocks: hashesOf(object), facts: known }
    })
    await keep(scope, container, { count: all.length, ordered, track, startedAt, dock, files, stop: signed.stop })
  }

  async function keep(
    scope: Scope,
    container: ContainerRow,
    made: {
      /** Objects that were there when it was put together. */
      readonly count: number
      readonly ordered: readonly ObjectRow[]
      readonly track: readonly Fix[]
      readonly startedAt: number
      readonly dock: OwnDock
      readonly files: FileRecording['files']
      readonly stop: FileRecording['stop']
    },
  ): Promise<void> {
    const { metadata } = container
    const name = readContainerName(container.name)
    await deps.database.transaction(async (tx) => {
      if ((await countLocked(tx, scope, container)) !== made.count) {
        // Something came meanwhile: the timer puts it together again, with it.
        return
      }
      const serial = metadata.bwcserialnumber ?? name.serial
      const userId = metadata.userid ?? name.user
      const system = container.connection
      const known =
        serial !== null &&
        userId !== null &&
        (await isRegistered(tx, scope, { kind: 'camera', system, key: serial })) &&
        (await isRegistered(tx, scope, { kind: 'user', system, key: userId }))
      const camera =
        serial === null ? null : await seen(tx, scope, container, 'camera', serial, metadata.bwcmodel ?? null)
      const user = userId === null ? null : await seen(tx, scope, container, 'user', userId, null)
      const device = camera?.device == null ? null : await deps.fleet.device(scope, camera.device)
      const officer = user?.officer == null ? null : await deps.fleet.officer(scope, user.officer)
      const start = made.track[0] ?? readLocation(metadata.triggeronlocation)
      const ends = made.files.map(({ facts }) => (facts.started_at ?? made.startedAt) + facts.duration_ms)
      await deps.evidence.files.keep(tx, {
        municipality: scope.municipality,
        id: container.recording,
        device: device ?? made.dock,
        taker: made.dock,
        simulated: false,
        officer,
        // Taken in all the same; a person looks before it is sealed (decision 0017).
        quarantine: name.kind === 'rejected' ? 'rejected-content' : known ? null : 'unknown-source',
        startedAt: made.startedAt,
        endedAt: Math.max(made.startedAt, timeIn(metadata, 'StopTime') ?? 0, ...ends),
        start: start === null || start === undefined ? null : { latitude: start.latitude, longitude: start.longitude },
        hasTrack: made.track.length > 0,
        files: made.files,
        stop: made.stop,
        markers: await bookmarksOf(made.ordered),
        fields: {
          source: 'axis',
          container: container.name,
          part: String(container.part),
          serial: serial ?? '',
          user: userId ?? '',
          model: metadata.bwcmodel ?? '',
          firmware: metadata.firmwareversion ?? '',
          triggerOn: metadata.triggeron ?? '',
          triggerOff: metadata.triggeroff ?? '',
          triggerOnTime: metadata.triggerontimeiso ?? metadata.triggerontime ?? '',
          timeZone: metadata.timezone ?? '',
          startBasis: 'declared',
          clockOffsetMs: '0',
          ...(name.kind === 'rejected' ? { rejected: metadata.rejectedcontentreason ?? 'true' } : {}),
        },
      })
      for (const source of [camera, user]) {
        if (source !== null) {
          await linkSource(tx, scope, source.id, container.recording)
        }
      }
      for (const { statement, facts } of made.files) {
        if (facts.video_codec !== null || facts.audio_codec !== null) {
          const { sequence, file } = statement
          await wantCopy(deps, tx, scope, { recording: container.recording, sequence, sha256: file.sha256 }, facts)
        }
      }
      await changeContainer(tx, scope, container, 'kept')
    })
  }

  /** A camera or a user that was never registered waits to be matched like any other. */
  function seen(
    tx: Parameters<typeof noteSource>[1],
    scope: Scope,
    container: ContainerRow,
    kind: 'camera' | 'user',
    key: string,
    model: string | null,
  ): Promise<SourceRow> {
    return noteSource(deps, tx, scope, { kind, system: container.connection, key, name: '', model })
  }

  async function factsFor(object: ObjectRow, encrypted: ReadonlySet<string>, startedAt: number): Promise<FileFacts> {
    const kind = objectKind(object.name)
    const from = timeIn(object.metadata, 'StartTime') ?? (kind === 'clip' ? instantOf(object.name.split('_')[0]) : null)
    const to = timeIn(object.metadata, 'StopTime')
    const statedMs = from === null || to === null ? 0 : Math.max(0, to - from)
    const still = {
      container: null,
      video_codec: null,
      audio_codec: null,
      started_at: from,
      duration_ms: 0,
      plays: false,
    }
    if (kind !== 'clip') {
      return { ...still, role: kind === 'key' ? 'key' : kind === 'track' ? 'track' : 'other' }
    }
    if (encrypted.has(stemOf(object.name))) {
      // Only the owner of the private key opens it: kept whole, with its key file.
      return { ...still, role: 'video', duration_ms: statedMs }
    }
    const found = await parts.probe(readerOf(object))
    const facts = factsOf(found, from ?? startedAt, found?.durationMs || statedMs)
    return { ...facts, role: found === null ? 'unreadable' : facts.role, started_at: from ?? startedAt }
  }

  async function trackOf(objects: readonly ObjectRow[], startedAt: number): Promise<readonly Fix[]> {
    const fixes: Fix[] = []
    for (const object of objects.filter(({ name }) => objectKind(name) === 'track')) {
      const points = object.size_bytes > mostTrailBytes ? null : readTrail(await textOf(object))
      for (const point of points ?? []) {
        fixes.push({ ...point, accuracyM: 10, headingDeg: null, speedMps: null })
      }
    }
    return fixes.filter(({ atMs }) => atMs >= startedAt - 86_400_000)
  }

  async function bookmarksOf(objects: readonly ObjectRow[]): Promise<FileRecording['markers']> {
    const marks: { id: string; marked_at: number; note: string | null }[] = []
    for (const object of objects.filter(({ name }) => objectKind(name) === 'bookmark')) {
      const { metadata } = object
      const at = timeIn(metadata, 'StartTime') ?? instantOf(object.name.split('_')[1])
      const text = object.size_bytes > 64_000 ? '' : await textOf(object)
      const note = [metadata.categoryname, text.trim(), metadata.tags].filter(Boolean).join(' · ').slice(0, 500)
      if (at !== null) {
        marks.push({ id: object.object, marked_at: at, note: note === '' ? null : note })
      }
    }
    return marks
  }

  function readerOf(object: ObjectRow) {
    const file = {
      municipality: object.municipality,
      recording: object.recording ?? '',
      object: object.object,
      size_bytes: object.size_bytes,
      blocks: hashesOf(object).length,
      block_sha256: object.block_sha256,
    }
    return {
      sizeBytes: object.size_bytes,
      async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
        const pieces: Uint8Array[] = []
        for await (const piece of deps.evidence.files.read(file, { start: offset, end: offset + lengthBytes })) {
          pieces.push(piece)
        }
        return Buffer.concat(pieces)
      },
    }
  }

  async function textOf(object: ObjectRow): Promise<string> {
    return new TextDecoder().decode(await readerOf(object).read(0, object.size_bytes))
  }

  async function sweep(): Promise<void> {
    for (const place of await containersDue(db, deps.clock.nowMs() - silentMs)) {
      await assemble(place).catch((error: unknown) =>
        deps.log.error({ err: error, container: place.name }, 'intake: a recording could not be put together'),
      )
    }
  }

  return { assemble, sweep }
}

/** The same bytes under the same name count once; other bytes under it are another version, kept beside it. */
function newestOf(objects: readonly ObjectRow[]): readonly ObjectRow[] {
  const seen = new Map<string, ObjectRow>()
  for (const object of objects) {
    seen.set(`${object.name}/${object.sha256}`, object)
  }
  return [...seen.values()]
}

const kindOrder = { clip: 0, track: 1, key: 2, bookmark: 3, other: 4 } as const

function inOrder(objects: readonly ObjectRow[]): readonly ObjectRow[] {
  const at = (object: ObjectRow): number =>
    timeIn(object.metadata, 'StartTime') ?? instantOf(object.name.split('_')[0]) ?? 0
  return objects.toSorted(
    (left, right) =>
      kindOrder[objectKind(left.name)] - kindOrder[objectKind(right.name)] ||
      at(left) - at(right) ||
      (left.name < right.name ? -1 : 1),
  )
}

function startOf(container: ContainerRow, objects: readonly ObjectRow[]): number {
  const clips = objects.flatMap((object) => timeIn(object.metadata, 'StartTime') ?? [])
  const stated = timeIn(container.metadata, 'StartTime') ?? timeIn(container.metadata, 'TriggerOnTime')
  return Math.min(
    ...clips,
    stated ?? Number.MAX_SAFE_INTEGER,
    clips.length === 0 && stated === null ? fallback(container) : Number.MAX_SAFE_INTEGER,
  )
}

function fallback(container: ContainerRow): number {
  return readContainerName(container.name).at ?? container.heard_at
}

function stemOf(name: string): string {
  return name.replace(/\.[^.]+$/, '')
}

function hashesOf(object: Pick<ObjectRow, 'block_sha256'>): readonly string[] {
  return object.block_sha256.match(/.{64}/g) ?? []
}
