import { boxOf } from '@sereno/geo'
import { names, timeOfDay } from '@sereno/text'
import { useLanguage } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { type ReactElement, useEffect, useRef } from 'react'
import type { Marker, TrackPoint } from '../../../api/api.ts'
import { asked } from '../../../api/queries.ts'
import { collection, line, point } from '../../../map/geojson.ts'
import { trackLayers } from '../../../map/layers/track.ts'
import { type MapHandle, mountMap } from '../../../map/map.ts'
import { areaFeatures, lineFeatures, placeFeatures } from '../../../map/territory.ts'
import { useSession, useTimeZone } from '../../../shell/session.ts'
import { onTheme } from '../../../shell/theme.ts'
import { type Axis, markMs, placeAt } from './axis.ts'
import type { Playback } from './playback.ts'
import css from './track.module.css'
import { useViewer } from './viewer.ts'

type TrackMapProps = {
  readonly track: readonly TrackPoint[]
  readonly markers: readonly Marker[]
  readonly axis: Axis
  readonly playback: Playback
  readonly label: string
}
const marginDeg = 0.0012
const sources = ['next', 'past', 'jumps', 'marks', 'head']

/** The map engine follows the playhead; React mounts it and feeds what stands still. */
export function TrackMap({ track, markers, axis, playback, label }: TrackMapProps): ReactElement {
  const { installation } = useSession()
  const language = useLanguage()
  const zone = useTimeZone()
  const { isGuest } = useViewer()
  const territory = useQuery({ ...asked('GET /territory', {}), enabled: !isGuest })
  const container = useRef<HTMLDivElement | null>(null)
  const map = useRef<MapHandle | null>(null)
  const isEmpty = track.length === 0
  const first = useRef(track)
  useEffect(() => {
    if (container.current === null || isEmpty) {
      return
    }
    try {
      const tight = boxOf(first.current.map(({ longitude, latitude }) => [longitude, latitude]))
      const box = {
        west: tight.west - marginDeg,
        east: tight.east + marginDeg,
        south: tight.south - marginDeg,
        north: tight.north + marginDeg,
      }
      const handle = mountMap({
        container: container.current,
        sources,
        layers: trackLayers,
        box,
        base: installation.map,
        label,
        padding: 28,
      })
      map.current = handle
      const stop = onTheme(handle.turnTheme)
      return () => {
        stop()
        map.current = null
        handle.dispose()
      }
    } catch {
      return
    }
  }, [installation.map, label, isEmpty])
  useEffect(() => {
    map.current?.setData('areas', areaFeatures(territory.data ?? { areas: [], zones: [] }))
    map.current?.setData('lines', lineFeatures(territory.data?.lines ?? []))
    map.current?.setData('places', placeFeatures(territory.data?.places ?? []))
  }, [territory.data])
  useEffect(() => {
    const sound = track.filter(({ implausible }) => !implausible)
    const marks = markers.flatMap((marker) => {
      const place = placeAt(track, axis, markMs(axis, marker))
      const words = `${timeOfDay(marker.atMs, zone, language)} ${marker.note ?? (marker.category === null ? '' : names(language).marker[marker.category])}`
      return place === null ? [] : [point(place.longitude, place.latitude, { icon: 'mark', words: words.trim() })]
    })
    map.current?.setData('marks', collection(marks))
    map.current?.setData(
      'jumps',
      collection(
        track.filter(({ implausible }) => implausible).map(({ longitude, latitude }) => point(longitude, latitude, {})),
      ),
    )
    let drawn = -1
    const follow = (): void => {
      const ms = playback.positionMs.get()
      const place = placeAt(sound, axis, ms)
      if (place === null) {
        return
      }
      map.current?.setData('head', collection([point(place.longitude, place.latitude, {})]))
      // the line is redrawn once a second of playing, the head with every step
      const second = Math.floor(ms / 1000)
      if (second !== drawn) {
        drawn = second
        const here: readonly [number, number] = [place.longitude, place.latitude]
        const at = axis.startedAt + ms
        const positions = (points: readonly TrackPoint[]): (readonly [number, number])[] =>
          points.map(({ longitude, latitude }) => [longitude, latitude] as const)
        map.current?.setData(
          'past',
          collection([line([...positions(sound.filter(({ atMs }) => atMs <= at)), here], {})]),
        )
        map.current?.setData(
          'next',
          collection([line([here, ...positions(sound.filter(({ atMs }) => atMs > at))], {})]),
        )
      }
    }
    follow()
    return playback.positionMs.subscribe(follow)
  }, [track, markers, axis, playback, language, zone])
  return <div ref={container} className={css.canvas} />
}
