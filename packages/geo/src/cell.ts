import { cellToBoundary, cellToLatLng, gridDisk, latLngToCell } from 'h3-js'
import { distanceM, type Point } from './point.ts'

/** Positions are stored under H3 cells of this resolution: edges of about 76 m. */
export const cellResolution = 10
const coarsest = 4
/** More ranges than this cost more to look up than the overshoot of coarser cells. */
const mostCells = 130

/**
 * Both ends included. All cells of {@link cellResolution} below one coarser cell are neighbours in number. Every point of
 * an inner range lies in the circle that was asked for: only the others need a recheck by distance.
 */
export type CellRange = { readonly low: bigint; readonly high: bigint; readonly isInner: boolean }

/** The H3 cell of a point at {@link cellResolution}, as a positive 64-bit number. */
export function cellOf(point: Point): bigint {
  return BigInt(`0x${latLngToCell(point.latitude, point.longitude, cellResolution)}`)
}

/**
 * Ranges of cells in which every point of the circle lies. They reach beyond it: recheck those that are not inner.
 * Small circles are covered by single cells, larger ones by coarser cells, so that their number stays small.
 * Throws RangeError for a radius below 0 or above 200 km.
 */
export function cellsCovering(centre: Point, radiusM: number): readonly CellRange[] {
  if (!(radiusM >= 0 && radiusM <= 200_000)) {
    throw new RangeError('a circle has a radius between 0 and 200 km')
  }
  for (let resolution = cellResolution; ; resolution -= 1) {
    const cells = cover(centre, radiusM, resolution)
    if (cells !== null || resolution === coarsest) {
      return (cells ?? []).map(({ cell, isInner }) => ({ ...descendants(cell, resolution), isInner }))
    }
  }
}

type Covering = { readonly cell: string; readonly isInner: boolean }

function cover(centre: Point, radiusM: number, resolution: number): readonly Covering[] | null {
  const middle = latLngToCell(centre.latitude, centre.longitude, resolution)
  // Cells next to each other differ by some percent in size; a descendant may stick out of its ancestor's outline
  // by about a seventh of an edge. 1.35 covers both.
  const reach = 1.35 * circumradiusM(middle)
  // Rings of hexagons grow by at least 1.5 edges each; the smallest edge nearby is above 0.7 of this one's.
  const rings = Math.ceil((radiusM + 2 * reach) / (1.5 * 0.7 * circumradiusM(middle)))
  if (resolution > coarsest && 3 * rings * (rings + 1) + 1 > 12 * mostCells) {
    return null
  }
  const cells = gridDisk(middle, rings).flatMap((cell) => {
    const [latitude, longitude] = cellToLatLng(cell)
    const away = distanceM(centre, { latitude, longitude })
    return away <= radiusM + reach ? [{ cell, isInner: away + reach <= radiusM }] : []
  })
  return resolution > coarsest && cells.length > mostCells ? null : cells
}

function circumradiusM(cell: string): number {
  const [latitude, longitude] = cellToLatLng(cell)
  const corners = cellToBoundary(cell).map(([cornerLatitude, cornerLongitude]) =>
    distanceM({ latitude, longitude }, { latitude: cornerLatitude, longitude: cornerLongitude }),
  )
  return Math.max(...corners)
}

// H3 index layout: 4 bits of resolution at bit 52, then a base cell and fifteen 3-bit digits, coarse to fine, unused
// ones all ones. So the descendants at a resolution differ only in the digits below the ancestor's: 0 … 6 each.
function descendants(cell: string, resolution: number): Omit<CellRange, 'isInner'> {
  let low = (BigInt(`0x${cell}`) & ~(15n << 52n)) | (BigInt(cellResolution) << 52n)
  let high = low
  for (let level = resolution + 1; level <= cellResolution; level += 1) {
    const shift = BigInt(3 * (15 - level))
    low &= ~(7n << shift)
    high = (high & ~(7n << shift)) | (6n << shift)
  }
  return { low, high }
}
