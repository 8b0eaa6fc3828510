import { type Colours, tokenColours } from '../colours.ts'
import { type LabelSizes, placeLabels } from './labels.ts'
import type { AlarmMark, UnitMark } from './mark.ts'
import { labelSizes, labelWidth, type Placed, paintUnits } from './paint.ts'
import { drawSprites, type Sprites } from './sprites.ts'
import './overlay.css'

/** What of the world a north-up map shows: the middle in Web Mercator, and how many pixels the world is wide. */
export type View = {
  readonly x: number
  readonly y: number
  readonly worldPixels: number
  readonly metrePixels: number
}
/** The map under the overlay, as little of it as is needed. */
export type Ground = {
  readonly element: HTMLElement
  readonly view: () => View
  /** After each picture of the map, before the browser shows it. */
  readonly onPicture: (heard: () => void) => void
}
export type UnitOverlay = {
  /** Something moved or aged: the next picture asks for the units again. */
  readonly changed: () => void
  readonly putAlarms: (alarms: readonly AlarmMark[]) => void
  readonly select: (device: string | null) => void
  /** The unit under a point of the map, an SOS before any other. */
  readonly at: (left: number, top: number) => string | null
  readonly turnTheme: () => void
  readonly dispose: () => void
}

/** Marks this far outside the picture have their words placed too, so that they are there when the map is pulled. */
const marginPixels = 240
const pressPixels = 12

/**
 * The units on a canvas of their own above the map: a unit that moves draws neither streets nor names anew, and a map
 * that moves does not lay the units out anew. Both are drawn in the same frame. Throws without a canvas.
 */
export function mountUnits(ground: Ground, unitsNow: () => readonly UnitMark[]): UnitOverlay {
  const canvas = document.createElement('canvas')
  canvas.className = 'unit-overlay'
  canvas.setAttribute('aria-hidden', 'true')
  ground.element.append(canvas)
  const pen = canvas.getContext('2d')
  if (pen === null) {
    throw new Error('no canvas to draw units on')
  }
  const scale = Math.max(1, Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16)
  const sizes: LabelSizes = labelSizes(scale)
  const family = getComputedStyle(ground.element).fontFamily
  let units: readonly UnitMark[] = []
  /** Asked again by the next picture; until then a press still finds them where they are drawn. */
  let isStale = true
  let isDisposed = false
  let alarms: readonly AlarmMark[] = []
  let selected: string | null = null
  let colours: Colours = tokenColours(ground.element)
  let ratio = window.devicePixelRatio
  let sprites: Sprites = drawSprites(colours, scale, ratio, family)
  let labels: ReadonlyMap<string, number> = new Map()
  let placedAt: View | null = null
  let frame = 0
  let size = { width: 0, height: 0 }

  const redress = (): void => {
    if (isDisposed) {
      return
    }
    sprites.dispose()
    sprites = drawSprites(colours, scale, ratio, family)
    placedAt = null
    soon()
  }

  const measure = new ResizeObserver(([entry]) => {
    if (entry !== undefined) {
      size = { width: entry.contentRect.width, height: entry.contentRect.height }
      ratio = window.devicePixelRatio
      canvas.width = Math.round(size.width * ratio)
      canvas.height = Math.round(size.height * ratio)
      redress()
    }
  })
  measure.observe(ground.element)
  // letters drawn before the family was there would stay in another one
  void document.fonts.ready.then(redress)

  function paint(): void {
    cancelAnimationFrame(frame)
    frame = 0
    const view = ground.view()
    if (isStale) {
      units = unitsNow()
      isStale = false
      placedAt = null
    }
    const inside = place(units, view, size, marginPixels)
    if (placedAt === null || isElsewhere(placedAt, view)) {
      const wishes = inside
        .filter(({ status }) => status !== 'sos')
        .map((mark) => ({ key: mark.device, x: mark.left, y: mark.top, width: labelWidth(sprites, mark) }))
      labels = placeLabels(wishes, labels, sizes)
      placedAt = view
    }
    paintUnits(
      { pen: pen as CanvasRenderingContext2D, ratio, scale, sprites, colours, family },
      {
        units: inside,
        alarms: place(alarms, view, size, marginPixels),
        labels,
        selected,
        pixelsPerMetre: view.metrePixels,
      },
    )
  }

  function soon(): void {
    if (frame === 0) {
      frame = requestAnimationFrame(paint)
    }
  }
  ground.onPicture(paint)

  return {
    changed: () => {
      isStale = true
      soon()
    },
    putAlarms: (next) => {
      alarms = next
      soon()
    },
    select: (device) => {
      selected = device
      soon()
    },
    at: (left, top) =>
      place(units, ground.view(), size, 0)
        .map((mark) => ({ ...mark, apart: Math.hypot(mark.left - left, mark.top - top) }))
        .filter(({ apart }) => apart <= pressPixels * scale)
        .sort((one, other) => Number(other.status === 'sos') - Number(one.status === 'sos') || one.apart - other.apart)
        .at(0)?.device ?? null,
    turnTheme: () => {
      colours = tokenColours(ground.element)
      redress()
    },
    dispose: () => {
      isDisposed = true
      cancelAnimationFrame(frame)
      measure.disconnect()
      sprites.dispose()
      canvas.remove()
    },
  }
}

/** Those in the picture and its margin, with their place in it. */
function place<T extends { readonly x: number; readonly y: number }>(
  marks: readonly T[],
  view: View,
  { width, height }: { readonly width: number; readonly height: number },
  margin: number,
): Placed<T>[] {
  const placed: Placed<T>[] = []
  for (const mark of marks) {
    const left = (mark.x - view.x) * view.worldPixels + width / 2
    const top = (mark.y - view.y) * view.worldPixels + height / 2
    if (left > -margin && left < width + margin && top > -margin && top < height + margin) {
      placed.push({ ...mark, left, top })
    }
  }
  return placed
}

/** Words are placed anew at another zoom, and once the map was pulled so far that the margin is used up. */
const isElsewhere = (before: View, { x, y, worldPixels }: View): boolean =>
  before.worldPixels !== worldPixels ||
  Math.max(Math.abs(before.x - x), Math.abs(before.y - y)) * worldPixels > marginPixels / 2
