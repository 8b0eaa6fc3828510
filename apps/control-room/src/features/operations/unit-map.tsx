import { distance } from '@sereno/text'
import { now, onTick, useLanguage } from '@sereno/ui'
import { type ReactElement, useEffect, useRef } from 'react'
import type { Reply } from '../../api/api.ts'
import { type MapHandle, mountMap } from '../../map/map.ts'
import { areaFeatures, boxOfAreas, lineFeatures, placeFeatures } from '../../map/territory.ts'
import { alarmMarks, unitMarks } from '../../map/units/mark.ts'
import { mountUnits, type UnitOverlay } from '../../map/units/overlay.ts'
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

/** Mounts the map engine and the units above it, fed from the room's store. React draws nothing that moves. */
export function UnitMap({ territory, selected, focus, onChoose, onBroken, onScale }: UnitMapProps): ReactElement {
  const text = useOperationsText().map
  const language = useLanguage()
  const { live, installation } = useSession()
  const container = useRef<HTMLDivElement | null>(null)
  const map = useRef<MapHandle | null>(null)
  const overlay = useRef<UnitOverlay | null>(null)
  const hands = useRef({ onChoose, onBroken, onScale, language, selected })
  hands.current = { onChoose, onBroken, onScale, language, selected }

  useEffect(() => {
    if (container.current === null) {
      return
    }
    let handle: MapHandle
    let marks: UnitOverlay
    try {
      handle = mountMap({
        container: container.current,
        sources: [],
        layers: () => [],
        box: boxOfAreas(territory.areas),
        base: installation.map,
        label: text.canvas,
        padding: 40,
      })
      marks = mountUnits(handle.ground, () =>
        unitMarks(live.room.units.get(), live.room.fixes, now(), live.connection.line.get().state === 'lost'),
      )
    } catch {
      hands.current.onBroken()
      return
    }
    map.current = handle
    overlay.current = marks
    const drawAlarms = (): void => marks.putAlarms(alarmMarks(live.room.alarms.get()))
    const scale = (): void =>
      hands.current.onScale(distance(handle.metresPerPixel() * scaleBarPixels, hands.current.language))
    handle.setData('areas', areaFeatures(territory))
    handle.setData('lines', lineFeatures(territory.lines))
    handle.setData('places', placeFeatures(territory.places))
    handle.onPress(({ left, top }) => hands.current.onChoose(marks.at(left, top)))
    handle.onMove(scale)
    marks.select(hands.current.selected)
    drawAlarms()
    scale()
    const stops = [
      live.room.onPositions(marks.changed),
      live.room.units.subscribe(marks.changed),
      live.room.alarms.subscribe(drawAlarms),
      onTick(marks.changed),
      onTheme(() => {
        handle.turnTheme()
        marks.turnTheme()
      }),
    ]
    return () => {
      for (const stop of stops) {
        stop()
      }
      map.current = null
      overlay.current = null
      marks.dispose()
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
  useEffect(() => overlay.current?.select(selected), [selected])
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes there when something is chosen, not while it moves
  useEffect(center, [focus, selected])
  return <div ref={container} className={css.canvas} />
}
