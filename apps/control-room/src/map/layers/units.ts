import type { Alarm, Fix, Unit } from '@sereno/contracts'
import { duration } from '@sereno/text'
import type { LayerSpecification } from 'maplibre-gl'
import type { Colours } from '../colours.ts'
import { collection, type Feature, type FeatureCollection, point } from '../geojson.ts'
import { metresAsPixels } from '../scale.ts'
import { boldFont, font } from '../style.ts'

/** An older position gets a triangle, and the circle a person on foot may have reached since. */
const agingAfterMs = 20_000
const walkingMps = 1.5
const longestReachM = 600

type UnitProperties = {
  readonly device: string
  readonly status: Unit['status']
  readonly code: string
  readonly age: string
  readonly old: boolean
  readonly heading: number
  readonly hasHeading: boolean
  readonly reachM: number
  readonly order: number
}

/**
 * Units as the map draws them at an instant. An age is part of each: an old position is never drawn as fresh, and when
 * the line is lost (`offline`) all of them are last known positions.
 */
export function unitFeatures(
  units: readonly Unit[],
  fixes: ReadonlyMap<string, Fix>,
  nowMs: number,
  offline: boolean,
): FeatureCollection<UnitProperties> {
  const features: Feature<UnitProperties>[] = []
  for (const unit of units) {
    const fix = fixes.get(unit.device)
    if (fix === undefined) {
      continue
    }
    const ageMs = Math.max(0, nowMs - fix.atMs)
    const old = ageMs > agingAfterMs || unit.status === 'away' || offline
    const status = offline && unit.status !== 'sos' ? 'away' : unit.status
    features.push(
      point(fix.longitude, fix.latitude, {
        device: unit.device,
        status,
        code: unit.officer.code,
        age: `${ageMs > agingAfterMs ? '△ ' : ''}${duration(ageMs)}`,
        old,
        heading: fix.headingDeg ?? 0,
        hasHeading: !old && fix.headingDeg !== null && (fix.speedMps ?? 0) > 0.4,
        reachM: old ? Math.min(longestReachM, (ageMs / 1000) * walkingMps) : 0,
        order: status === 'sos' ? 0 : status === 'away' ? 2 : 1,
      }),
    )
  }
  return collection(features)
}

export function alarmFeatures(alarms: readonly Alarm[]): FeatureCollection {
  return collection(
    alarms.flatMap(({ id, kind, closedAt, longitude, latitude }) =>
      closedAt !== null || kind === 'sos' || latitude === null || longitude === null
        ? []
        : [point(longitude, latitude, { alarm: id })],
    ),
  )
}

export function unitLayers(colours: Colours, latitude: number): LayerSpecification[] {
  const halo = { 'text-halo-color': colours['map-land'], 'text-halo-width': 1.8 }
  return [
    {
      id: 'unit-reach',
      type: 'circle',
      source: 'units',
      filter: ['>', ['get', 'reachM'], 20],
      paint: {
        'circle-radius': metresAsPixels('reachM', latitude),
        'circle-color': colours['ink-soft'],
        'circle-opacity': 0.05,
        'circle-stroke-color': colours.stale,
        'circle-stroke-width': 1,
        'circle-stroke-opacity': 0.6,
      },
    },
    {
      id: 'sos-ring',
      type: 'circle',
      source: 'units',
      filter: ['==', ['get', 'status'], 'sos'],
      paint: {
        'circle-radius': 27,
        'circle-color': colours.critical,
        'circle-opacity': 0.08,
        'circle-stroke-color': colours.critical,
        'circle-stroke-width': 1.5,
        'circle-stroke-opacity': 0.8,
      },
    },
    {
      id: 'unit-selected',
      type: 'circle',
      source: 'units',
      filter: ['==', ['get', 'device'], ''],
      paint: {
        'circle-radius': 14,
        'circle-color': colours.accent,
        'circle-opacity': 0.12,
        'circle-stroke-color': colours.accent,
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'unit-beak',
      type: 'symbol',
      source: 'units',
      filter: ['get', 'hasHeading'],
      layout: {
        'icon-image': ['concat', 'beak-', ['get', 'status']],
        'icon-rotate': ['get', 'heading'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
    {
      id: 'unit',
      type: 'symbol',
      source: 'units',
      filter: ['!=', ['get', 'status'], 'sos'],
      layout: {
        'icon-image': ['concat', 'unit-', ['get', 'status']],
        'icon-allow-overlap': true,
        'text-field': [
          'format',
          ['get', 'code'],
          { 'text-font': ['literal', boldFont] },
          ' ',
          {},
          ['get', 'age'],
          {
            'text-font': ['literal', font],
            'text-color': ['case', ['get', 'old'], colours.warning, colours['ink-soft']],
          },
        ],
        'text-font': boldFont,
        'text-size': 11,
        'text-optional': true,
        'text-padding': 1,
        'text-max-width': 30,
        'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
        'text-radial-offset': 1.1,
        'text-justify': 'auto',
        'symbol-sort-key': ['get', 'order'],
      },
      paint: { 'text-color': ['case', ['==', ['get', 'status'], 'away'], colours['ink-soft'], colours.ink], ...halo },
    },
    {
      id: 'alarm',
      type: 'symbol',
      source: 'alarms',
      layout: { 'icon-image': 'alarm', 'icon-allow-overlap': true, 'icon-offset': [0, -16] },
    },
    {
      id: 'sos',
      type: 'symbol',
      source: 'units',
      filter: ['==', ['get', 'status'], 'sos'],
      layout: { 'icon-image': 'sos', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
    {
      id: 'sos-chip',
      type: 'symbol',
      source: 'units',
      filter: ['==', ['get', 'status'], 'sos'],
      layout: {
        'icon-image': 'chip',
        'icon-text-fit': 'both',
        'icon-text-fit-padding': [4, 8, 4, 8],
        'icon-allow-overlap': true,
        'text-allow-overlap': true,
        'text-field': ['concat', ['get', 'code'], '  ', ['get', 'age']],
        'text-font': boldFont,
        'text-size': 12,
        'text-anchor': 'left',
        'text-offset': [2.2, 0],
        'text-max-width': 30,
      },
      paint: { 'text-color': '#ffffff' },
    },
  ]
}
