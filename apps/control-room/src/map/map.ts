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
import { metresPerPixel } from './scale.ts'
import { areaLayers, empty, offlineStyle } from './style.ts'
import { drawSymbols, symbolScale } from './symbols.ts'

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
export type MapHandle = {
  readonly setData: (source: string, data: FeatureCollection) => void
  readonly setFilter: (layer: string, property: string, value: string) => void
  readonly fit: (box: Box, padding?: number) => void
  readonly goTo: (longitude: number, latitude: number, zoom?: number) => void
  /** A press on one of the layers gives the named property; beside them, null and the place. */
  readonly onPress: (
    layers: readonly string[],
    property: string,
    heard: (value: string | null, at: { longitude: number; latitude: number }) => void,
  ) => void
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
    for (const { name, image, stretch } of drawSymbols(colours)) {
      const settings =
        stretch === undefined
          ? {}
          : { stretchX: [[...stretch]] as [number, number][], stretchY: [[...stretch]] as [number, number][] }
      if (map.hasImage(name)) {
        map.removeImage(name)
      }
      map.addImage(name, image, { pixelRatio: symbolScale / scale, ...settings })
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
    for (const [layer, [property, value]] of filters) {
      map.setFilter(layer, ['==', ['get', property], value])
    }
  }

  const filters = new Map<string, readonly [string, string]>()
  const source_ = (name: string): GeoJSONSource | undefined => map.getSource<GeoJSONSource>(name)
  map.on('style.load', dress)

  return {
    setData: (source, data) => {
      held.set(source, data)
      source_(source)?.setData(data)
    },
    setFilter: (layer, property, value) => {
      filters.set(layer, [property, value])
      if (map.getLayer(layer) !== undefined) {
        map.setFilter(layer, ['==', ['get', property], value])
      }
    },
    fit: (to, edge = padding) => map.fitBounds(bounds(to), { padding: edge, animate: false, maxZoom: 17 }),
    goTo: (longitude, latitude_, zoom) =>
      map.easeTo({
        center: [longitude, latitude_],
        duration: 250,
        ...(zoom === undefined ? {} : { zoom: Math.max(zoom, map.getZoom()) }),
      }),
    onPress: (layers, property, heard) => {
      map.on('click', (event) => {
        const around: [[number, number], [number, number]] = [
          [event.point.x - 8, event.point.y - 8],
          [event.point.x + 8, event.point.y + 8],
        ]
        const known = layers.filter((layer) => map.getLayer(layer) !== undefined)
        const found = map.queryRenderedFeatures(around, { layers: known })[0]?.properties[property] as unknown
        heard(typeof found === 'string' ? found : null, { longitude: event.lngLat.lng, latitude: event.lngLat.lat })
      })
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
