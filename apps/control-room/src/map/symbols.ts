import type { Colours } from './colours.ts'

/** Icons the map engine draws: same shapes and sizes as the boards, constant at every zoom. */
export type MapSymbol = {
  readonly name: string
  readonly image: ImageData
  readonly stretch?: readonly [number, number]
}
export const symbolScale = 3

type Paint = (pen: CanvasRenderingContext2D) => void

/** Every symbol in the colours of the theme. Shapes say the state before any colour does. */
export function drawSymbols(colours: Colours): readonly MapSymbol[] {
  const land = colours['map-land']
  const unit = (name: string, colour: string, shape: Paint): MapSymbol[] => [
    symbol(`unit-${name}`, 18, (pen) => {
      pen.lineJoin = 'round'
      pen.strokeStyle = land
      pen.fillStyle = colour
      shape(pen)
    }),
    symbol(`beak-${name}`, 34, (pen) => {
      pen.fillStyle = colour
      pen.strokeStyle = land
      pen.lineWidth = 1.5
      trace(pen, [
        [-3.4, -8.6],
        [0, -13.8],
        [3.4, -8.6],
      ])
      pen.stroke()
      pen.fill()
    }),
  ]
  return [
    ...unit('free', colours.ok, (pen) => disc(pen, 6, 2)),
    ...unit('recording', colours.ok, (pen) => target(pen, colours.ok, land)),
    ...unit('away', colours.stale, (pen) => hollow(pen, colours.stale, land)),
    ...unit('sos', colours.critical, () => undefined),
    symbol('sos', 30, (pen) => octagon(pen, colours.alarm)),
    symbol('alarm', 18, (pen) => triangle(pen, colours.warning, land)),
    symbol('place', 14, (pen) => square(pen, colours['ink-soft'], land)),
    symbol('mark', 12, (pen) => ring(pen, colours.ink, colours['ground-1'])),
    symbol('head', 22, (pen) => playhead(pen, colours.accent, land)),
    { ...symbol('chip', 8, (pen) => plate(pen, colours.alarm)), stretch: [6, 18] },
  ]
}

function symbol(name: string, size: number, paint: Paint): MapSymbol {
  const canvas = new OffscreenCanvas(size * symbolScale, size * symbolScale)
  const pen = canvas.getContext('2d')
  if (pen === null) {
    throw new Error('no canvas to draw map symbols on')
  }
  pen.scale(symbolScale, symbolScale)
  pen.translate(size / 2, size / 2)
  paint(pen as unknown as CanvasRenderingContext2D)
  return { name, image: pen.getImageData(0, 0, canvas.width, canvas.height) }
}

function trace(pen: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  pen.beginPath()
  points.forEach(([x, y], index) => {
    if (index === 0) {
      pen.moveTo(x, y)
    } else {
      pen.lineTo(x, y)
    }
  })
  pen.closePath()
}

function circle(pen: CanvasRenderingContext2D, radius: number): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, Math.PI * 2)
}

function disc(pen: CanvasRenderingContext2D, radius: number, edge: number): void {
  circle(pen, radius)
  pen.lineWidth = edge * 2
  pen.stroke()
  pen.fill()
}

function target(pen: CanvasRenderingContext2D, colour: string, land: string): void {
  disc(pen, 7, 1.5)
  circle(pen, 5.2)
  pen.fillStyle = land
  pen.fill()
  circle(pen, 3.2)
  pen.fillStyle = colour
  pen.fill()
}

function hollow(pen: CanvasRenderingContext2D, colour: string, land: string): void {
  circle(pen, 6)
  pen.fillStyle = land
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.6
  pen.setLineDash([2.4, 2])
  pen.stroke()
}

function octagon(pen: CanvasRenderingContext2D, colour: string): void {
  trace(pen, [
    [-5, -12],
    [5, -12],
    [12, -5],
    [12, 5],
    [5, 12],
    [-5, 12],
    [-12, 5],
    [-12, -5],
  ])
  pen.fillStyle = colour
  pen.fill()
  pen.strokeStyle = '#fff'
  pen.lineWidth = 1.6
  pen.stroke()
  pen.fillStyle = '#fff'
  trace(pen, [
    [-1.5, -7],
    [1.5, -7],
    [1.1, 1.5],
    [-1.1, 1.5],
  ])
  pen.fill()
  pen.fillRect(-1.5, 3.5, 3, 3)
}

function triangle(pen: CanvasRenderingContext2D, colour: string, land: string): void {
  trace(pen, [
    [0, -7],
    [7, 6],
    [-7, 6],
  ])
  pen.fillStyle = land
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.6
  pen.stroke()
}

function square(pen: CanvasRenderingContext2D, colour: string, land: string): void {
  trace(pen, [
    [-4, -4],
    [4, -4],
    [4, 4],
    [-4, 4],
  ])
  pen.fillStyle = land
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.4
  pen.stroke()
}

function ring(pen: CanvasRenderingContext2D, colour: string, ground: string): void {
  circle(pen, 4)
  pen.fillStyle = ground
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.4
  pen.stroke()
}

function playhead(pen: CanvasRenderingContext2D, colour: string, land: string): void {
  circle(pen, 9.5)
  pen.globalAlpha = 0.25
  pen.fillStyle = colour
  pen.fill()
  pen.globalAlpha = 1
  circle(pen, 5)
  pen.fill()
  pen.strokeStyle = land
  pen.lineWidth = 1.4
  pen.stroke()
}

function plate(pen: CanvasRenderingContext2D, colour: string): void {
  pen.fillStyle = colour
  pen.beginPath()
  pen.roundRect(-4, -4, 8, 8, 1.5)
  pen.fill()
}
