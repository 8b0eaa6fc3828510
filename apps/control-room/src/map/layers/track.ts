import type { LayerSpecification } from 'maplibre-gl'
import type { Colours } from '../colours.ts'
import { font } from '../style.ts'

/** A recording's track: what has been seen, what is to come, marks, and where the unit is now. */
export function trackLayers(colours: Colours): LayerSpecification[] {
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const
  return [
    {
      id: 'next',
      type: 'line',
      source: 'next',
      layout: round,
      paint: { 'line-color': colours['ink-faint'], 'line-width': 2 },
    },
    {
      id: 'past',
      type: 'line',
      source: 'past',
      layout: round,
      paint: { 'line-color': colours.accent, 'line-width': 3 },
    },
    {
      id: 'jumps',
      type: 'circle',
      source: 'jumps',
      paint: {
        'circle-radius': 4,
        'circle-color': colours['map-land'],
        'circle-stroke-color': colours.warning,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'marks',
      type: 'symbol',
      source: 'marks',
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-allow-overlap': true,
        'text-field': ['get', 'words'],
        'text-font': font,
        'text-size': 11,
        'text-anchor': 'left',
        'text-offset': [0.9, 0],
        'text-optional': true,
      },
      paint: { 'text-color': colours.ink, 'text-halo-color': colours['map-land'], 'text-halo-width': 1.8 },
    },
    {
      id: 'head',
      type: 'symbol',
      source: 'head',
      layout: { 'icon-image': 'head', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
  ]
}
