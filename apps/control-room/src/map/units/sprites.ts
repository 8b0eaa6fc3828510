import type { Unit } from '@sereno/contracts'
import type { Colours } from '../colours.ts'
import { beak, disc, drawShape, hollow, octagon, type Paint, type Pen, target, triangle } from '../shapes.ts'

/** A picture drawn once and then only copied; its size in pixels of the page. */
export type Sprite = { readonly image: ImageBitmap; readonly width: number; readonly height: number }
export type WordStyle = 'code' | 'code-away' | 'age' | 'age-old'

export type Sprites = {
  readonly unit: (status: Unit['status']) => Sprite
  readonly beak: (status: Unit['status']) => Sprite
  readonly alarm: Sprite
  readonly words: (style: WordStyle, words: string) => Sprite
  readonly dispose: () => void
}
/** Ages come and go; beyond this many pictures of words all are drawn anew. */
const mostWords = 6_000
const textPixels = 11
const haloPixels = 1.8

/**
 * Symbols and words of the units as pictures in the theme's colours. `scale` is what a wall enlarges by, `ratio` the
 * screen's points to a pixel. Copying a picture costs a tenth of drawing a letter with its halo.
 */
export function drawSprites(colours: Colours, scale: number, ratio: number, family: string): Sprites {
  const land = colours['map-land']
  const shape = (size: number, paint: Paint): Sprite => ({
    image: drawShape(size, scale * ratio, paint).transferToImageBitmap(),
    width: size * scale,
    height: size * scale,
  })
  const beakOf = (colour: string): Sprite => shape(34, (pen) => beak(pen, colour, land))
  const edged = (paint: Paint): Sprite =>
    shape(18, (pen) => {
      pen.lineJoin = 'round'
      pen.strokeStyle = land
      paint(pen)
    })
  const units: Readonly<Record<Unit['status'], Sprite>> = {
    free: edged((pen) => {
      pen.fillStyle = colours.ok
      disc(pen, 6, 2)
    }),
    recording: edged((pen) => {
      pen.fillStyle = colours.ok
      target(pen, colours.ok, land)
    }),
    away: edged((pen) => hollow(pen, colours.stale, land)),
    sos: shape(30, (pen) => octagon(pen, colours.alarm)),
  }
  const beaks: Readonly<Record<Unit['status'], Sprite>> = {
    free: beakOf(colours.ok),
    recording: beakOf(colours.ok),
    away: beakOf(colours.stale),
    sos: beakOf(colours.critical),
  }
  const inks: Readonly<Record<WordStyle, { readonly weight: number; readonly colour: string }>> = {
    code: { weight: 600, colour: colours.ink },
    'code-away': { weight: 600, colour: colours['ink-soft'] },
    age: { weight: 400, colour: colours['ink-soft'] },
    'age-old': { weight: 400, colour: colours.warning },
  }
  const words = new Map<string, Sprite>()
  return {
    unit: (status) => units[status],
    beak: (status) => beaks[status],
    alarm: shape(18, (pen) => triangle(pen, colours.warning, land)),
    words: (style, text) => {
      const key = `${style} ${text}`
      const known = words.get(key)
      if (known !== undefined) {
        return known
      }
      if (words.size >= mostWords) {
        // not closed: one of them may be about to be copied
        words.clear()
      }
      const { weight, colour } = inks[style]
      const font = `${weight} ${textPixels}px ${family}`
      const drawn = drawWords(text, font, colour, land, scale * ratio)
      const sprite = { image: drawn, width: drawn.width / ratio, height: drawn.height / ratio }
      words.set(key, sprite)
      return sprite
    },
    dispose: () => {
      for (const { image } of [...Object.values(units), ...Object.values(beaks), ...words.values()]) {
        image.close()
      }
    },
  }
}

function drawWords(words: string, font: string, colour: string, halo: string, scale: number): ImageBitmap {
  const measuring = new OffscreenCanvas(1, 1).getContext('2d')
  if (measuring === null) {
    throw new Error('no canvas to write on')
  }
  measuring.font = font
  const width = measuring.measureText(words).width + 2 * haloPixels
  const height = textPixels + 2 * haloPixels
  const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale))
  const pen: Pen | null = canvas.getContext('2d')
  if (pen === null) {
    throw new Error('no canvas to write on')
  }
  pen.scale(scale, scale)
  pen.font = font
  pen.textBaseline = 'middle'
  pen.lineJoin = 'round'
  pen.strokeStyle = halo
  pen.lineWidth = 2 * haloPixels
  pen.strokeText(words, haloPixels, height / 2)
  pen.fillStyle = colour
  pen.fillText(words, haloPixels, height / 2)
  return canvas.transferToImageBitmap()
}
