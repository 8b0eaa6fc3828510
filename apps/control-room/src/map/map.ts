import type { Box } from '@sereno/geo'
import {
  addProtocol,
  type GeoJSONSource,
  type LayerSpecification,
  LngLatBounds,
  Map as MapEngine,
  setWorkerUrl,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
// Without its worker as a bundled module the map stays empty: the package looks for a file beside itself.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'
import { type Colours, tokenColours } from './colours.ts'
import type { FeatureCollection } from './geojson.ts'
import './map.css'
import { enlarge, enlargeStyle } from './enlarge.ts'
import { mercator, metresPerPixel, worldPixels } from './scale.ts'
import { areaLayers, empty, offlineStyle } from './style.ts'
import { drawSymbols, symbolScale } from './symbols.ts'
import type { Ground } from './units/overlay.ts'

setWorkerUrl(workerUrl)
addProtocol('pmtiles', new Protocol().tile)

export type MapOptions = {
  readonly container: HTMLElement
  /** Names of the GeoJSON sources this map's layers read. */
  readonly sources: readonly string[]
  readonly layers: (colours: Colours, latitude: number) => readonly LayerSpecification[]
  readonly box: Box
  readonly base: { readonly styleUrl: string | null; readonly pmtilesUrl: string | null }
  readonly label: string
  readonly padding?: number
}
/** A press on the map: on the ground, and in pixels from the picture's left upper corner. */
export type Press = {
  readonly longitude: number
  readonly latitude: number
  readonly left: number
  readonly top: number
}
export type MapHandle = {
  readonly setData: (source: string, data: FeatureCollection) => void
  readonly fit: (box: Box, padding?: number) => void
  readonly goTo: (longitude: number, latitude: number, zoom?: number) => void
  readonly onPress: (heard: (at: Press) => void) => void
  /** What an overlay needs to draw above this map. */
  readonly ground: Ground
  readonly metresPerPixel: () => number
  readonly onMove: (heard: () => void) => void
  readonly turnTheme: () => void
  readonly dispose: () => void
}

/** A map as a plain engine: mounted, fed and disposed from outside, never rendered by React. Throws without WebGL. */
export function mountMap(options: MapOptions): MapHandle {
  const { container, box, base, padding = 24 } = options
  const latitude = (box.south + box.north) / 2
  const held = new Map<string, FeatureCollection>()
  let colours = tokenColours(container)
  // a wall is read from afar: letters and symbols grow with the root size, as everything else does
  const scale = Math.max(1, Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16)
  const baseStyle = () => base.styleUrl ?? enlargeStyle(offlineStyle(colours, base.pmtilesUrl), scale)
  const bounds = ({ west, south, east, north }: Box): LngLatBounds => new LngLatBounds([west, south], [east, north])
  const map = new MapEngine({
    container,
    style: baseStyle(),
    bounds: bounds(box),
    fitBoundsOptions: { padding },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    rollEnabled: false,
    maxPitch: 0,
    fadeDuration: 0,
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.getCanvas().setAttribute('aria-label', options.label)

  function dress(): void {
    for (const { name, image } of drawSymbols(colours)) {
      if (map.hasImage(name)) {
        map.removeImage(name)
      }
      map.addImage(name, image, { pixelRatio: symbolScale / scale })
    }
    for (const source of ['areas', 'places', 'lines', ...options.sources]) {
      if (map.getSource(source) === undefined) {
        map.addSource(source, { type: 'geojson', data: held.get(source) ?? empty })
      } else {
        source_(source)?.setData(held.get(source) ?? empty)
      }
    }
    const layers = [...(base.styleUrl === null ? [] : areaLayers(colours)), ...options.layers(colours, latitude)]
    for (const layer of layers) {
      if (map.getLayer(layer.id) === undefined) {
        map.addLayer(enlarge(layer, scale))
      }
    }
  }

  const source_ = (name: string): GeoJSONSource | undefined => map.getSource<GeoJSONSource>(name)
  map.on('style.load', dress)

  return {
    setData: (source, data) => {
      held.set(source, data)
      source_(source)?.setData(data)
    },
    fit: (to, edge = padding) => map.fitBounds(bounds(to), { padding: edge, animate: false, maxZoom: 17 }),
    goTo: (longitude, latitude_, zoom) =>
      map.easeTo({
        center: [longitude, latitude_],
        duration: 250,
        ...(zoom === undefined ? {} : { zoom: Math.max(zoom, map.getZoom()) }),
      }),
    onPress: (heard) => {
      map.on('click', ({ lngLat, point }) =>
        heard({ longitude: lngLat.lng, latitude: lngLat.lat, left: point.x, top: point.y }),
      )
    },
    ground: {
      element: container,
      view: () => {
        const { lng, lat } = map.getCenter()
        const zoom = map.getZoom()
        return {
          ...mercator(lng, lat),
          worldPixels: worldPixels(zoom),
          metrePixels: 1 / metresPerPixel(lat, zoom),
        }
      },
      onPicture: (heard) => {
        map.on('render', heard)
      },
    },
    metresPerPixel: () => metresPerPixel(map.getCenter().lat, map.getZoom()),
    onMove: (heard) => {
      map.on('move', heard)
    },
    turnTheme: () => {
      colours = tokenColours(container)
      map.setStyle(baseStyle(), { diff: false })
    },
    dispose: () => map.remove(),
  }
}
