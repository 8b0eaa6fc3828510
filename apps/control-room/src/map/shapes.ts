/** The shapes of things on the map, drawn round the pen's origin in pixels. They say the state before any colour does. */
export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D
export type Paint = (pen: Pen) => void

/** A picture of a shape, `scale` picture points to a pixel. */
export function drawShape(size: number, scale: number, paint: Paint): OffscreenCanvas {
  const side = Math.ceil(size * scale)
  const canvas = new OffscreenCanvas(side, side)
  const pen = canvas.getContext('2d')
  if (pen === null) {
    throw new Error('no canvas to draw map symbols on')
  }
  pen.translate(side / 2, side / 2)
  pen.scale(scale, scale)
  paint(pen)
  return canvas
}

export function beak(pen: Pen, colour: string, land: string): void {
  trace(pen, [
    [-3.4, -8.6],
    [0, -13.8],
    [3.4, -8.6],
  ])
  pen.lineJoin = 'round'
  pen.fillStyle = colour
  pen.strokeStyle = land
  pen.lineWidth = 1.5
  pen.stroke()
  pen.fill()
}

export function trace(pen: Pen, points: readonly (readonly [number, number])[]): void {
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

export function circle(pen: Pen, radius: number): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, Math.PI * 2)
}

export function disc(pen: Pen, radius: number, edge: number): void {
  circle(pen, radius)
  pen.lineWidth = edge * 2
  pen.stroke()
  pen.fill()
}

export function target(pen: Pen, colour: string, land: string): void {
  disc(pen, 7, 1.5)
  circle(pen, 5.2)
  pen.fillStyle = land
  pen.fill()
  circle(pen, 3.2)
  pen.fillStyle = colour
  pen.fill()
}

export function hollow(pen: Pen, colour: string, land: string): void {
  circle(pen, 6)
  pen.fillStyle = land
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.6
  pen.setLineDash([2.4, 2])
  pen.stroke()
}

export function octagon(pen: Pen, colour: string): void {
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

export function triangle(pen: Pen, colour: string, land: string): void {
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

export function square(pen: Pen, colour: string, land: string): void {
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

export function ring(pen: Pen, colour: string, ground: string): void {
  circle(pen, 4)
  pen.fillStyle = ground
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 1.4
  pen.stroke()
}

export function playhead(pen: Pen, colour: string, land: string): void {
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
