import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Colours } from './colours.ts'
import { collection } from './geojson.ts'

/** Families that MapLibre draws on this machine; the weight is read from the name (see `map.css`). */
export const font = ['Inter Map Regular']
export const boldFont = ['Inter Map Semibold']
export const empty = collection([])

/**
 * The map of an installation that has no tiles: its own districts, sectors, quadrants and places, nothing fetched from
 * outside. Quieter than anything that moves on it.
 */
export function offlineStyle(colours: Colours, pmtilesUrl: string | null): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {
    areas: { type: 'geojson', data: empty },
    places: { type: 'geojson', data: empty },
    lines: { type: 'geojson', data: empty },
    ...(pmtilesUrl === null
      ? {}
      : { base: { type: 'vector', url: `pmtiles://${pmtilesUrl}` } satisfies SourceSpecification }),
  }
  return {
    version: 8,
    sources,
    layers: [
      { id: 'outside', type: 'background', paint: { 'background-color': colours['ground-0'] } },
      {
        id: 'district',
        type: 'fill',
        source: 'areas',
        filter: kind('district'),
        paint: { 'fill-color': colours['map-land'] },
      },
      ...(pmtilesUrl === null ? streetLayers(colours) : tileLayers(colours)),
      ...areaLayers(colours),
    ],
  }
}

const kind = (name: string): ['==', ['get', string], string] => ['==', ['get', 'kind'], name]

/** The streets that the installation knows itself, where no tiles draw them. */
function streetLayers(colours: Colours): LayerSpecification[] {
  return [
    {
      id: 'own-street',
      type: 'line',
      source: 'lines',
      filter: kind('street'),
      minzoom: 12.4,
      paint: {
        'line-color': colours['map-street'],
        'line-width': ['interpolate', ['linear'], ['zoom'], 12.4, 0.8, 16, 5],
      },
    },
    {
      id: 'own-avenue',
      type: 'line',
      source: 'lines',
      filter: kind('avenue'),
      layout: { 'line-cap': 'round' },
      paint: {
        'line-color': colours['map-avenue'],
        'line-width': ['interpolate', ['linear'], ['zoom'], 10.5, 1.2, 13, 4, 16, 12],
      },
    },
    {
      id: 'own-avenue-name',
      type: 'symbol',
      source: 'lines',
      filter: kind('avenue'),
      minzoom: 12.6,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': ['get', 'name'],
        'text-font': font,
        'text-size': 10.5,
      },
      paint: { 'text-color': colours['map-label'], 'text-halo-color': colours['map-land'], 'text-halo-width': 1.6 },
    },
  ]
}

/** Lines and names of the territory, over any base. */
export function areaLayers(colours: Colours): LayerSpecification[] {
  const halo = { 'text-halo-color': colours['map-land'], 'text-halo-width': 1.6 }
  return [
    {
      id: 'quadrant-line',
      type: 'line',
      source: 'areas',
      filter: kind('quadrant'),
      paint: {
        'line-color': colours['edge-strong'],
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 15, 1.2],
        'line-dasharray': [1, 3],
      },
    },
    {
      id: 'sector-line',
      type: 'line',
      source: 'areas',
      filter: kind('sector'),
      paint: {
        'line-color': colours['edge-control'],
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 15, 1.8],
        'line-dasharray': [8, 3, 1.5, 3],
      },
    },
    {
      id: 'district-line',
      type: 'line',
      source: 'areas',
      filter: kind('district'),
      paint: { 'line-color': colours['edge-control'], 'line-width': 1.6 },
    },
    {
      id: 'zone',
      type: 'fill',
      source: 'areas',
      filter: kind('no-record'),
      paint: { 'fill-color': colours.warning, 'fill-opacity': 0.1 },
    },
    {
      id: 'zone-line',
      type: 'line',
      source: 'areas',
      filter: kind('no-record'),
      paint: { 'line-color': colours.warning, 'line-width': 1.4, 'line-dasharray': [2, 2] },
    },
    {
      id: 'zone-name',
      type: 'symbol',
      source: 'areas',
      filter: kind('no-record'),
      minzoom: 12,
      layout: { 'text-field': ['concat', '⊘ ', ['get', 'name']], 'text-font': font, 'text-size': 10.5 },
      paint: { 'text-color': colours.warning, ...halo },
    },
    {
      id: 'quadrant-name',
      type: 'symbol',
      source: 'areas',
      filter: kind('quadrant'),
      minzoom: 12.8,
      layout: { 'text-field': ['get', 'code'], 'text-font': font, 'text-size': 10.5, 'text-padding': 6 },
      paint: { 'text-color': colours['map-label'], ...halo },
    },
    {
      id: 'sector-name',
      type: 'symbol',
      source: 'areas',
      filter: kind('sector'),
      layout: {
        'text-field': ['step', ['zoom'], ['get', 'code'], 10.6, ['get', 'name']],
        'text-font': boldFont,
        'text-size': 12.5,
        'text-padding': 2,
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
        'text-radial-offset': 1.5,
      },
      paint: { 'text-color': colours['ink-soft'], ...halo },
    },
    {
      id: 'place',
      type: 'symbol',
      source: 'places',
      minzoom: 12,
      layout: {
        'icon-image': 'place',
        'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 13.4, ['get', 'name']],
        'text-font': font,
        'text-size': 10.5,
        'text-anchor': 'left',
        'text-offset': [0.8, 0],
        'text-optional': true,
      },
      paint: { 'text-color': colours['map-label'], ...halo },
    },
  ]
}

/** An installation's own PMTiles in the common OpenStreetMap layout: water, green, streets. */
function tileLayers(colours: Colours): LayerSpecification[] {
  const line = (id: string, kinds: readonly string[], colour: string, width: number): LayerSpecification => ({
    id,
    type: 'line',
    source: 'base',
    'source-layer': 'roads',
    filter: ['in', ['get', 'kind'], ['literal', [...kinds]]],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour,
      'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 11, width / 4, 17, width * 2.5],
    },
  })
  return [
    {
      id: 'green',
      type: 'fill',
      source: 'base',
      'source-layer': 'landuse',
      filter: ['in', ['get', 'kind'], ['literal', ['park', 'forest', 'grass']]],
      paint: { 'fill-color': colours['map-park'] },
    },
    {
      id: 'water',
      type: 'fill',
      source: 'base',
      'source-layer': 'water',
      paint: { 'fill-color': colours['map-water'] },
    },
    line('street', ['minor_road', 'path', 'other'], colours['map-street'], 2),
    line('avenue', ['major_road', 'medium_road'], colours['map-avenue'], 4),
    line('highway', ['highway'], colours['map-avenue'], 7),
  ]
}
