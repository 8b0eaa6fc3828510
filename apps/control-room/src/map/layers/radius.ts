import type { LayerSpecification } from 'maplibre-gl'
import type { Colours } from '../colours.ts'
import { metresAsPixels } from '../scale.ts'

/** A point and the circle of a radius round it, to scale. */
export const radiusLayers = (colours: Colours, latitude: number): LayerSpecification[] => [
  {
    id: 'radius',
    type: 'circle',
    source: 'radius',
    paint: {
      'circle-radius': metresAsPixels('radiusM', latitude),
      'circle-color': colours.accent,
      'circle-opacity': 0.15,
      'circle-stroke-color': colours.accent,
      'circle-stroke-width': 1.5,
    },
  },
  { id: 'centre', type: 'circle', source: 'radius', paint: { 'circle-radius': 3, 'circle-color': colours.accent } },
]
