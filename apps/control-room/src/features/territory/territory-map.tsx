import type { LayerSpecification } from 'maplibre-gl'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import type { Colours } from '../../map/colours.ts'
import { collection, point } from '../../map/geojson.ts'
import { type MapHandle, mountMap } from '../../map/map.ts'
import { areaFeatures, boxOfAreas, lineFeatures, placeFeatures } from '../../map/territory.ts'
import page from '../../shell/page.module.css'
import { useSession } from '../../shell/session.ts'
import { onTheme } from '../../shell/theme.ts'
import type { Ground } from './ground.ts'
import css from './territory.module.css'
import { useTerritoryText } from './text.ts'

type TerritoryMapProps = {
  readonly ground: Ground
  readonly chosen: string | null
  readonly moving: boolean
  readonly onPress: (longitude: number, latitude: number) => void
}

const chosenLayers = (colours: Colours): LayerSpecification[] => [
  { id: 'chosen', type: 'fill', source: 'chosen', paint: { 'fill-color': colours.accent, 'fill-opacity': 0.18 } },
  { id: 'chosen-line', type: 'line', source: 'chosen', paint: { 'line-color': colours.accent, 'line-width': 2.4 } },
  {
    id: 'chosen-place',
    type: 'circle',
    source: 'chosen-place',
    paint: {
      'circle-radius': 11,
      'circle-opacity': 0,
      'circle-stroke-color': colours.accent,
      'circle-stroke-width': 2.4,
    },
  },
]

/** The draft as it would look in the room, and what is chosen in it. */
export function TerritoryMap({ ground, chosen, moving, onPress }: TerritoryMapProps): ReactElement {
  const text = useTerritoryText()
  const { installation } = useSession()
  const container = useRef<HTMLDivElement | null>(null)
  const map = useRef<MapHandle | null>(null)
  const [drawable, setDrawable] = useState(true)
  const hands = useRef({ onPress, ground })
  hands.current = { onPress, ground }
  const district = ground.areas.find(({ kind }) => kind === 'district')?.shape
  useEffect(() => {
    if (container.current === null) {
      return
    }
    try {
      const handle = mountMap({
        container: container.current,
        sources: ['chosen', 'chosen-place'],
        layers: chosenLayers,
        box: boxOfAreas(hands.current.ground.areas),
        base: installation.map,
        label: text.map,
      })
      map.current = handle
      handle.onPress(({ longitude, latitude }) => hands.current.onPress(longitude, latitude))
      const stop = onTheme(handle.turnTheme)
      return () => {
        stop()
        map.current = null
        handle.dispose()
      }
    } catch {
      setDrawable(false)
      return
    }
  }, [installation.map, text])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new outline is looked at whole, a new name is not
  useEffect(() => {
    map.current?.fit(boxOfAreas(hands.current.ground.areas))
  }, [district])
  useEffect(() => {
    map.current?.setData('areas', areaFeatures(ground))
    map.current?.setData('lines', lineFeatures(ground.lines))
    map.current?.setData('places', placeFeatures(ground.places))
  }, [ground])
  useEffect(() => {
    const areas = ground.areas.filter(({ id }) => id === chosen)
    const zones = ground.zones.filter(({ id }) => id === chosen)
    map.current?.setData('chosen', areaFeatures({ areas, zones }))
    const places = ground.places.filter(({ id }) => id === chosen)
    map.current?.setData('chosen-place', collection(places.map((at) => point(at.longitude, at.latitude, {}))))
  }, [ground, chosen])
  return drawable ? (
    <div ref={container} className={css.map} data-moving={moving} />
  ) : (
    <div className={page.notice}>
      <p>{text.noWebgl}</p>
    </div>
  )
}
