import { Type } from 'typebox'
import { nullable, type Operations, Uuid } from './operation.ts'

const Position = Type.Tuple([Type.Number(), Type.Number()])
/** GeoJSON ring order: [longitude, latitude], WGS 84, closed. */
const Polygon = Type.Object({ type: Type.Literal('Polygon'), coordinates: Type.Array(Type.Array(Position)) })
export const Area = Type.Object({
  id: Uuid,
  kind: Type.Union([Type.Literal('district'), Type.Literal('sector'), Type.Literal('quadrant')]),
  code: Type.String(),
  name: Type.String(),
  parent: nullable(Uuid),
  shape: Polygon,
})
export const Place = Type.Object({
  id: Uuid,
  kind: Type.String(),
  name: Type.String(),
  longitude: Type.Number(),
  latitude: Type.Number(),
})

/** A street for the base map of an installation without tiles; avenues are drawn wider and named first. */
export const Line = Type.Object({
  kind: Type.Union([Type.Literal('avenue'), Type.Literal('street')]),
  name: Type.String(),
  coordinates: Type.Array(Position),
})

export const territoryOperations = {
  'GET /territory': {
    access: 'territory.read',
    summary: 'The district, its sectors, quadrants and places, in the version in force',
    reply: Type.Object({
      version: Type.Integer(),
      areas: Type.Array(Area),
      places: Type.Array(Place),
      lines: Type.Array(Line),
    }),
  },
} as const satisfies Operations
