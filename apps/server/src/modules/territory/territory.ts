import type { Area, Place } from '@sereno/contracts'
import type { Static } from 'typebox'

export type AreaView = Static<typeof Area>
export type PlaceView = Static<typeof Place>
export type Quadrant = { readonly id: string; readonly code: string; readonly name: string; readonly sector: string }
/** A street as a line for the base map and for naming a point. */
export type Line = {
  readonly id: string
  readonly kind: 'avenue' | 'street'
  readonly name: string
  readonly coordinates: readonly (readonly [number, number])[]
}
export type Ground = {
  readonly version: number
  readonly areas: readonly AreaView[]
  readonly places: readonly PlaceView[]
  readonly lines: readonly Line[]
}
