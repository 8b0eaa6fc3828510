import type { Colours } from '../colours.ts'
import { offsetOf } from './labels.ts'
import type { AlarmMark, UnitMark } from './mark.ts'
import type { Sprite, Sprites } from './sprites.ts'

/** A mark with its place on the screen, in pixels of the page. */
export type Placed<T> = T & { readonly left: number; readonly top: number }
export type Scene = {
  readonly units: readonly Placed<UnitMark>[]
  readonly alarms: readonly Placed<AlarmMark>[]
  readonly labels: ReadonlyMap<string, number>
  readonly selected: string | null
  readonly pixelsPerMetre: number
}
type Brush = {
  readonly pen: CanvasRenderingContext2D
  readonly ratio: number
  readonly scale: number
  readonly sprites: Sprites
  readonly colours: Colours
  readonly family: string
}

export const labelSizes = (scale: number) => ({ markRadius: 8 * scale, gap: 2 * scale, height: 13 * scale })
const smallestReachM = 20
const chipText = 12

export const labelWidth = (sprites: Sprites, mark: UnitMark): number =>
  sprites.words(codeStyle(mark), mark.code).width + sprites.words(ageStyle(mark), mark.age).width

const codeStyle = ({ status }: UnitMark) => (status === 'away' ? 'code-away' : 'code')
const ageStyle = ({ old }: UnitMark) => (old ? 'age-old' : 'age')

/** Draws the units from the least to the most urgent; the pen's canvas is as large as the map's. */
export function paintUnits(brush: Brush, scene: Scene): void {
  const { pen, ratio, sprites, scale } = brush
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height)
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  paintReach(brush, scene)
  paintRings(brush, scene)
  for (const { headingDeg, status, left, top } of scene.units) {
    if (headingDeg !== null) {
      const turn = (headingDeg * Math.PI) / 180
      const [cos, sin] = [Math.cos(turn) * ratio, Math.sin(turn) * ratio]
      pen.setTransform(cos, sin, -sin, cos, left * ratio, top * ratio)
      stamp(pen, sprites.beak(status), 0, 0)
    }
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  const urgentLast = scene.units.toReversed()
  for (const { status, left, top } of urgentLast) {
    if (status !== 'sos') {
      stamp(pen, sprites.unit(status), snap(left, ratio), snap(top, ratio))
    }
  }
  paintLabels(brush, scene)
  for (const { left, top } of scene.alarms) {
    stamp(pen, sprites.alarm, left, top - 16 * scale)
  }
  for (const unit of urgentLast) {
    if (unit.status === 'sos') {
      stamp(pen, sprites.unit('sos'), unit.left, unit.top)
      paintChip(brush, unit)
    }
  }
}

/** Where somebody on foot may be by now, as one surface: overlapping circles grow no darker. */
function paintReach({ pen, colours }: Brush, { units, pixelsPerMetre }: Scene): void {
  pen.beginPath()
  for (const { reachM, left, top } of units) {
    if (reachM > smallestReachM) {
      const radius = reachM * pixelsPerMetre
      pen.moveTo(left + radius, top)
      pen.arc(left, top, radius, 0, Math.PI * 2)
    }
  }
  pen.globalAlpha = 0.05
  pen.fillStyle = colours['ink-soft']
  pen.fill()
  pen.globalAlpha = 0.6
  pen.strokeStyle = colours.stale
  pen.lineWidth = 1
  pen.stroke()
  pen.globalAlpha = 1
}

function paintRings({ pen, colours, scale }: Brush, { units, selected }: Scene): void {
  const ring = (at: Placed<UnitMark>, radius: number, colour: string, fill: number, width: number): void => {
    pen.beginPath()
    pen.arc(at.left, at.top, radius * scale, 0, Math.PI * 2)
    pen.globalAlpha = fill
    pen.fillStyle = colour
    pen.fill()
    pen.globalAlpha = 1
    pen.strokeStyle = colour
    pen.lineWidth = width * scale
    pen.stroke()
  }
  for (const unit of units) {
    if (unit.status === 'sos') {
      ring(unit, 27, colours.critical, 0.08, 1.5)
    }
    if (unit.device === selected) {
      ring(unit, 14, colours.accent, 0.12, 2)
    }
  }
}

function paintLabels({ pen, sprites, scale, ratio }: Brush, { units, labels }: Scene): void {
  for (const unit of units) {
    const side = labels.get(unit.device)
    if (side === undefined) {
      continue
    }
    const [code, age] = [sprites.words(codeStyle(unit), unit.code), sprites.words(ageStyle(unit), unit.age)]
    const { dx, dy } = offsetOf(side, code.width + age.width, labelSizes(scale))
    const [left, top] = [snap(unit.left + dx, ratio), snap(unit.top + dy, ratio)]
    pen.drawImage(code.image, left, top, code.width, code.height)
    pen.drawImage(age.image, left + code.width, top, age.width, age.height)
  }
}

/** An SOS carries its name on the alarm's own colour; nothing covers it. */
function paintChip({ pen, colours, scale, family }: Brush, unit: Placed<UnitMark>): void {
  const words = `${unit.code}  ${unit.age}`
  pen.font = `600 ${chipText * scale}px ${family}`
  const [width, height] = [pen.measureText(words).width + 16 * scale, 22 * scale]
  const [left, top] = [unit.left + 20 * scale, unit.top - height / 2]
  pen.beginPath()
  pen.roundRect(left, top, width, height, 3 * scale)
  pen.fillStyle = colours.alarm
  pen.fill()
  pen.textBaseline = 'middle'
  pen.fillStyle = '#ffffff'
  pen.fillText(words, left + 8 * scale, unit.top + scale * 0.5)
}

function stamp(pen: CanvasRenderingContext2D, { image, width, height }: Sprite, left: number, top: number): void {
  pen.drawImage(image, left - width / 2, top - height / 2, width, height)
}

/** Whole points of the screen: a picture between two is blurred. */
const snap = (value: number, ratio: number): number => Math.round(value * ratio) / ratio
