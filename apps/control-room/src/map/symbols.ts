import type { Colours } from './colours.ts'
import { drawShape, type Paint, playhead, ring, square } from './shapes.ts'

/** Icons the map engine draws: same shapes and sizes as the boards, constant at every zoom. */
export type MapSymbol = { readonly name: string; readonly image: ImageData }
export const symbolScale = 3

/** Every symbol in the colours of the theme. */
export function drawSymbols(colours: Colours): readonly MapSymbol[] {
  const land = colours['map-land']
  return [
    symbol('place', 14, (pen) => square(pen, colours['ink-soft'], land)),
    symbol('mark', 12, (pen) => ring(pen, colours.ink, colours['ground-1'])),
    symbol('head', 22, (pen) => playhead(pen, colours.accent, land)),
  ]
}

function symbol(name: string, size: number, paint: Paint): MapSymbol {
  const canvas = drawShape(size, symbolScale, paint)
  const pen = canvas.getContext('2d')
  if (pen === null) {
    throw new Error('no canvas to draw map symbols on')
  }
  return { name, image: pen.getImageData(0, 0, canvas.width, canvas.height) }
}
