import type { Area, Place, Zone } from '@sereno/contracts'
import { type Box, boxOf, distanceToLineM, inPolygon, type Position } from '@sereno/geo'
import type { Static } from 'typebox'

export type AreaView = Static<typeof Area>
export type PlaceView = Static<typeof Place>
export type ZoneView = Static<typeof Zone>
export type Quadrant = { readonly id: string; readonly code: string; readonly name: string; readonly sector: string }
/** A street as a line for the base map and for naming a point. Coordinates are [longitude, latitude]. */
export type Line = {
  readonly id: string
  readonly kind: 'avenue' | 'street'
  readonly name: string
  readonly coordinates: [number, number][]
}
/** A version of the territory. */
export type Ground = {
  readonly version: number
  readonly areas: readonly AreaView[]
  readonly places: readonly PlaceView[]
  readonly zones: readonly ZoneView[]
  readonly lines: readonly Line[]
}

type Boxed<T> = T & { readonly box: Box }
/** A ground made ready for asking where a point lies. */
export type GroundIndex = {
  readonly ground: Ground
  readonly district: Boxed<AreaView> | null
  readonly quadrants: readonly (Boxed<AreaView> & { readonly quadrant: Quadrant })[]
  readonly lines: readonly Boxed<Line>[]
}

// Neighbouring quadrants are cut at coordinates rounded to a centimetre: a point may fall between them.
const hairlineM = 2
/** A point farther from every street than this has no address. */
const addressReachM = 150
const boxMarginDeg = 0.002

export function indexGround(ground: Ground): GroundIndex {
  const boxed = ground.areas.map((area) => ({ ...area, box: boxOf(area.shape.coordinates.flat()) }))
  return {
    ground,
    district: boxed.find(({ kind }) => kind === 'district') ?? null,
    quadrants: boxed
      .filter(({ kind }) => kind === 'quadrant')
      .map((area) => ({
        ...area,
        quadrant: { id: area.id, code: area.code, name: area.name, sector: area.parent ?? '' },
      })),
    lines: ground.lines.map((line) => ({ ...line, box: boxOf(line.coordinates) })),
  }
}

/** The quadrant a position lies in; null outside the district. */
export function quadrantOf(index: GroundIndex, position: Position): Quadrant | null {
  const near = index.quadrants.filter(({ box }) => inBox(box, position, boxMarginDeg))
  const found = near.find(({ shape }) => inPolygon(shape, position))
  if (found !== undefined) {
    return found.quadrant
  }
  if (index.district === null || !inPolygon(index.district.shape, position)) {
    return null
  }
  const point = { longitude: position[0], latitude: position[1] }
  return (
    near.find(({ shape }) => shape.coordinates.some((ring) => distanceToLineM(point, ring) <= hairlineM))?.quadrant ??
    null
  )
}

/** Nearest street and quadrant in one line, e.g. `Jr. Los Ceibos · C-47`. Null where neither is known. */
export function nameOf(index: GroundIndex, position: Position): string | null {
  const point = { longitude: position[0], latitude: position[1] }
  let nearest: { readonly name: string; readonly distance: number } | null = null
  for (const line of index.lines) {
    if (inBox(line.box, position, boxMarginDeg)) {
      const distance = distanceToLineM(point, line.coordinates)
      nearest = nearest === null || distance < nearest.distance ? { name: line.name, distance } : nearest
    }
  }
  const street = nearest !== null && nearest.distance <= addressReachM ? nearest.name : null
  const words = [street, quadrantOf(index, position)?.code ?? null].filter((word) => word !== null)
  return words.length === 0 ? null : words.join(' · ')
}

function inBox(box: Box, [longitude, latitude]: Position, margin: number): boolean {
  return (
    longitude >= box.west - margin &&
    longitude <= box.east + margin &&
    latitude >= box.south - margin &&
    latitude <= box.north + margin
  )
}
