import { distance } from '@sereno/text'
import { now, onTick, useLanguage } from '@sereno/ui'
import { type ReactElement, useEffect, useRef } from 'react'
import type { Reply } from '../../api/api.ts'
import { alarmFeatures, unitFeatures, unitLayers } from '../../map/layers/units.ts'
import { type MapHandle, mountMap } from '../../map/map.ts'
import { areaFeatures, boxOfAreas, lineFeatures, placeFeatures } from '../../map/territory.ts'
import { useSession } from '../../shell/session.ts'
import { onTheme } from '../../shell/theme.ts'
import { useKeys } from '../../shell/use-keys.ts'
import css from './map-region.module.css'
import { useOperationsText } from './text.ts'

type UnitMapProps = {
  readonly territory: Reply<'GET /territory'>
  readonly selected: string | null
  /** Changes when something is chosen anew: the map goes there once and then stays where the hand leaves it. */
  readonly focus: string | null
  readonly onChoose: (device: string | null) => void
  readonly onBroken: () => void
  readonly onScale: (words: string) => void
}

const scaleBarPixels = 80
/** More units than this are a crowd. */
const crowd = 200
const crowdEveryMs = 500

/** Mounts the map engine and feeds it from the room's store, once a frame at most. React draws nothing that moves. */
export function UnitMap({ territory, selected, focus, onChoose, onBroken, onScale }: UnitMapProps): ReactElement {
  const text = useOperationsText().map
  const language = useLanguage()
  const { live, installation } = useSession()
  const container = useRef<HTMLDivElement | null>(null)
  const map = useRef<MapHandle | null>(null)
  const hands = useRef({ onChoose, onBroken, onScale, language })
  hands.current = { onChoose, onBroken, onScale, language }

  useEffect(() => {
    if (container.current === null) {
      return
    }
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let handle: MapHandle
    try {
      handle = mountMap({
        container: container.current,
        sources: ['units', 'alarms'],
        layers: unitLayers,
        box: boxOfAreas(territory.areas),
        base: installation.map,
        label: text.canvas,
        padding: 40,
      })
    } catch {
      hands.current.onBroken()
      return
    }
    map.current = handle
    let drawnAtMs = 0
    const draw = (): void => {
      frame = 0
      drawnAtMs = performance.now()
      const offline = live.connection.line.get().state === 'lost'
      handle.setData('units', unitFeatures(live.room.units.get(), live.room.fixes, now(), offline))
    }
    const soon = (): void => {
      // a crowd is laid out anew each time: twice a second is as often as a position can be told from the one before
      const waitMs = live.room.fixes.size > crowd ? drawnAtMs + crowdEveryMs - performance.now() : 0
      if (frame === 0) {
        frame = requestAnimationFrame(() => {
          timer = setTimeout(draw, Math.max(0, waitMs))
        })
      }
    }
    const drawAlarms = (): void => handle.setData('alarms', alarmFeatures(live.room.alarms.get()))
    const scale = (): void =>
      hands.current.onScale(distance(handle.metresPerPixel() * scaleBarPixels, hands.current.language))
    handle.setData('areas', areaFeatures(territory.areas))
    handle.setData('lines', lineFeatures(territory.lines))
    handle.setData('places', placeFeatures(territory.places))
    handle.onPress(['sos', 'unit'], 'device', (device) => hands.current.onChoose(device))
    handle.onMove(scale)
    draw()
    drawAlarms()
    scale()
    const stops = [
      live.room.onPositions(soon),
      live.room.units.subscribe(soon),
      live.room.alarms.subscribe(drawAlarms),
      onTick(soon),
      onTheme(handle.turnTheme),
    ]
    return () => {
      for (const stop of stops) {
        stop()
      }
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      map.current = null
      handle.dispose()
    }
  }, [territory, live, installation.map, text])

  const center = (): void => {
    const fix = selected === null ? undefined : live.room.fixes.get(selected)
    if (fix !== undefined) {
      map.current?.goTo(fix.longitude, fix.latitude, 13.7)
    }
  }
  useKeys('operations', { center })
  useEffect(() => map.current?.setFilter('unit-selected', 'device', selected ?? ''), [selected])
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there when something is chosen, not while it moves
  useEffect(center, [focus, selected])
  return <div ref={container} className={css.canvas} />
}
