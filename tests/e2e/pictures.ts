import type { Locator } from 'playwright-core'
import decodeQr from 'qr/decode.js'

// What runs in the page needs a little of the browser; this program is compiled without its types.
type Picture = { readonly tagName: string; readonly outerHTML: string }
declare const OffscreenCanvas: new (
  width: number,
  height: number,
) => {
  getContext(kind: '2d'): {
    drawImage(source: unknown, x: number, y: number, width: number, height: number): void
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Iterable<number> }
  }
}
declare const Image: new () => { src: string; decode(): Promise<void> }

/** Reads a QR code off the screen, as a camera pointed at it would. */
export async function readQr(code: Locator): Promise<string> {
  const sidePx = 600
  const data = Uint8Array.from(await pixels(code, sidePx))
  return decodeQr({ width: sidePx, height: sidePx, data })
}

/** A fingerprint of what a canvas or a video shows now: another picture, another number. */
export async function fingerprint(picture: Locator): Promise<number> {
  const data = await pixels(picture, 64)
  return data.reduce((sum, value, index) => (sum + value * ((index % 251) + 1)) % 1_000_000_007, 0)
}

/** RGBA bytes of what an element shows, scaled to a square of `sidePx`. */
function pixels(picture: Locator, sidePx: number): Promise<readonly number[]> {
  return picture.evaluate(async (element: Picture, side: number) => {
    const context = new OffscreenCanvas(side, side).getContext('2d')
    let source: unknown = element
    if (element.tagName === 'svg') {
      const image = new Image()
      const svg = element.outerHTML.replace(
        '<svg',
        `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"`,
      )
      image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`
      await image.decode()
      source = image
    }
    context.drawImage(source, 0, 0, side, side)
    return [...context.getImageData(0, 0, side, side).data]
  }, sidePx)
}
