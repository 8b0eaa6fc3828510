import { type ReactElement, useEffect, useRef } from 'react'
import type { Reply } from '../../api/api.ts'
import { collection, point as pointFeature } from '../../map/geojson.ts'
import { radiusLayers } from '../../map/layers/radius.ts'
import { type MapHandle, mountMap } from '../../map/map.ts'
import { areaFeatures, boxOfAreas, lineFeatures, placeFeatures } from '../../map/territory.ts'
import { useSession } from '../../shell/session.ts'
import { onTheme } from '../../shell/theme.ts'
import css from './recordings.module.css'

type Point = { readonly latitude: number; readonly longitude: number }
type NearMapProps = {
  readonly territory: Reply<'GET /territory'>
  readonly point: Point | null
  readonly radiusM: number
  readonly label: string
  readonly onPick: (point: Point) => void
}

/** A small map to touch. Without WebGL it stays away; the point can be typed. */
export function NearMap({ territory, point, radiusM, label, onPick }: NearMapProps): ReactElement {
  const { installation } = useSession()
  const container = useRef<HTMLDivElement | null>(null)
  const map = useRef<MapHandle | null>(null)
  const pick = useRef(onPick)
  pick.current = onPick
  useEffect(() => {
    if (container.current === null) {
      return
    }
    try {
      const handle = mountMap({
        container: container.current,
        sources: ['radius'],
        layers: radiusLayers,
        box: boxOfAreas(territory.areas),
        base: installation.map,
        label,
        padding: 8,
      })
      map.current = handle
      handle.setData('areas', areaFeatures(territory))
      handle.setData('lines', lineFeatures(territory.lines))
      handle.setData('places', placeFeatures(territory.places))
      handle.onPress(({ longitude, latitude }) => pick.current({ longitude, latitude }))
      const stop = onTheme(handle.turnTheme)
      return () => {
        stop()
        map.current = null
        handle.dispose()
      }
    } catch {
      container.current.hidden = true
      return
    }
  }, [territory, installation.map, label])
  useEffect(() => {
    map.current?.setData(
      'radius',
      collection(point === null ? [] : [pointFeature(point.longitude, point.latitude, { radiusM })]),
    )
  }, [point, radiusM])
  return <div ref={container} className={css.map} />
}
