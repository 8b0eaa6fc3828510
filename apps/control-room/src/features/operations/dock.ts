import type { Purpose } from '@sereno/contracts'
import { liveValue } from '@sereno/ui'
import type { Watch } from '../../api/api.ts'
import { CallFailed, call, unreachable } from '../../api/call.ts'
import type { Picture } from '../../live/player.ts'
import type { Sound } from '../../live/sound.ts'

/** One seat of the dock. `watch` is there once the look is in the ledger; a purpose comes before it. */
export type Tile = {
  readonly device: string
  readonly name: string
  readonly purpose: Purpose | null
  readonly reference: string
  readonly watch: Watch | null
  readonly askedAt: number
  readonly until: number
  readonly picture: Picture
  readonly sound: Sound
  readonly error: unknown
}
export const seats = 4
/** A look ends by itself; going on is a deed, never a default. */
export const lookMs = 15 * 60_000
const renewEveryMs = 25_000

export type Dock = ReturnType<typeof createDock>

/** The dock's tiles and the life of their watches: asked, renewed while looked at, closed with the tile. */
export function createDock(now: () => number) {
  const tiles = liveValue<readonly Tile[]>([])
  const focused = liveValue<string | null>(null)
  /** The one unit whose sound is played. Two voices at once are none. */
  const heard = liveValue<string | null>(null)
  const usedGrants = new Set<string>()
  const renewing = setInterval(renewAll, renewEveryMs)
  const lapsing = setInterval(lapse, 1000)

  const tileOf = (device: string): Tile | undefined => tiles.get().find((tile) => tile.device === device)
  function put(device: string, change: Partial<Tile>): void {
    tiles.set(tiles.get().map((tile) => (tile.device === device ? { ...tile, ...change } : tile)))
  }

  /** Takes a seat (the oldest ended one gives way) and asks for the purpose, or opens at once when it is known. */
  function ask(device: string, name: string, purpose: Purpose | null, reference = ''): boolean {
    focused.set(device)
    const known = tileOf(device)
    if (known !== undefined && known.watch !== null && known.picture.state !== 'ended') {
      return true
    }
    const others = tiles.get().filter((tile) => tile.device !== device)
    const free = others.length < seats ? others : others.filter(({ picture }) => picture.state !== 'ended')
    if (free.length >= seats) {
      return false
    }
    const seat: Tile = {
      device,
      name,
      purpose,
      reference,
      watch: null,
      askedAt: now(),
      until: 0,
      picture: { state: 'asking' },
      sound: 'none',
      error: null,
    }
    tiles.set(purpose === 'sos' ? [seat, ...free] : [...free, seat])
    if (purpose !== null) {
      void open(device, purpose, reference)
    }
    return true
  }

  async function open(device: string, purpose: Purpose, reference: string): Promise<void> {
    put(device, { purpose, reference, error: null, askedAt: now(), picture: { state: 'asking' } })
    try {
      const body = { device, purpose, ...(reference === '' ? {} : { reference }) }
      const watch = await call('POST /watches', { body })
      if (tileOf(device) === undefined) {
        await end(watch)
        return
      }
      put(device, { watch, until: now() + lookMs })
    } catch (error) {
      put(device, { error, picture: { state: 'ended', reason: 'failed', lastFrameAt: null } })
    }
  }

  function close(device: string): void {
    const tile = tileOf(device)
    tiles.set(tiles.get().filter((other) => other.device !== device))
    if (focused.get() === device) {
      focused.set(tiles.get()[0]?.device ?? null)
    }
    if (heard.get() === device) {
      heard.set(null)
    }
    if (tile?.watch != null) {
      void end(tile.watch)
    }
  }

  const end = (watch: Watch): Promise<unknown> =>
    call('POST /watches/:id/close', { params: { id: watch.id } }).catch(() => undefined)

  /** The single-use address of a connection: the first grant, then a renewed one for each reconnection. */
  async function address(device: string): Promise<string> {
    const watch = tileOf(device)?.watch
    if (watch == null) {
      throw new Error('no watch')
    }
    const grant = usedGrants.has(watch.grant) ? (await renew(device, watch)).grant : watch.grant
    usedGrants.add(grant)
    return `${location.origin.replace(/^http/, 'ws')}/api/live/watch?grant=${encodeURIComponent(grant)}`
  }

  async function renew(device: string, watch: Watch): Promise<Watch> {
    try {
      const { expiresAt, grant } = await call('POST /watches/:id/renew', { params: { id: watch.id } })
      const renewed = { ...watch, expiresAt, grant }
      put(device, { watch: renewed })
      return renewed
    } catch (error) {
      if (error instanceof CallFailed && error.code !== unreachable) {
        forgotten(device, error.code)
      }
      throw error
    }
  }

  /** A restarted server knows no watches: the same person asks again, for the same purpose, as a new entry. */
  function forgotten(device: string, code: string): void {
    const tile = tileOf(device)
    if (tile?.watch == null) {
      return
    }
    put(device, { watch: null, picture: ended(tile, code) })
    if (code === 'live.not-watching' && tile.purpose !== null && now() < tile.until) {
      void open(device, tile.purpose, tile.reference)
    }
  }

  function renewAll(): void {
    for (const { device, watch } of tiles.get()) {
      if (watch !== null) {
        renew(device, watch).catch(() => undefined)
      }
    }
  }

  /** Going on is a new look with its own entry: the old one is closed, its tile goes, and a new one asks again. */
  function goOn(device: string): void {
    const tile = tileOf(device)
    if (tile?.purpose != null) {
      close(device)
      // After the old tile has left the page, so that its last words do not end the new look.
      setTimeout(() => ask(device, tile.name, tile.purpose, tile.reference))
    }
  }

  function lapse(): void {
    for (const tile of tiles.get()) {
      if (tile.watch !== null && now() > tile.until) {
        void end(tile.watch)
        put(tile.device, { watch: null, picture: ended(tile, 'lapsed') })
      }
    }
  }

  return {
    tiles,
    focused,
    heard,
    hear: (device: string) => heard.set(heard.get() === device ? null : device),
    ask,
    open,
    close,
    address,
    goOn,
    show: (device: string, picture: Picture) => {
      put(device, picture.state === 'ended' ? { picture, watch: null } : { picture })
    },
    showSound: (device: string, sound: Sound) => put(device, { sound }),
    dispose: () => {
      clearInterval(renewing)
      clearInterval(lapsing)
      for (const tile of tiles.get()) {
        if (tile.watch !== null) {
          void end(tile.watch)
        }
      }
      tiles.set([])
    },
  }
}

const ended = (tile: Tile | undefined, reason: string): Picture => ({
  state: 'ended',
  reason,
  lastFrameAt: tile !== undefined && 'lastFrameAt' in tile.picture ? tile.picture.lastFrameAt : null,
})
