/** Breaking text into lines, for documents whose layout must be the same in every run. Pure. */

/**
 * A line broken between words keeps its space at the end, so that what is copied or read aloud has its words apart.
 * @param widthOf in points, of a piece of text in the face and size that it will be written in.
 */
export function breakLines(text: string, widthPoints: number, widthOf: (piece: string) => number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => breakParagraph(paragraph, widthPoints, widthOf))
}

function breakParagraph(text: string, widthPoints: number, widthOf: (piece: string) => number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter((piece) => piece !== '')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= widthPoints) {
      line = longer
      continue
    }
    if (line !== '') {
      lines.push(`${line} `)
    }
    const pieces = breakWord(word, widthPoints, widthOf)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

// A word wider than the line: a hash in a narrow column, an address. Broken anywhere, without a hyphen that would be copied.
function breakWord(word: string, widthPoints: number, widthOf: (piece: string) => number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character) > widthPoints) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}

/** The text with every character that `has` denies written as `<U+4E2D>`; control characters become spaces. */
export function writable(text: string, has: (codePoint: number) => boolean): string {
  let written = ''
  for (const character of text.normalize('NFC')) {
    const codePoint = character.codePointAt(0) ?? 0
    if (character === '\n') {
      written += character
    } else if (codePoint < 32 || (codePoint >= 127 && codePoint < 160)) {
      written += ' '
    } else {
      written += has(codePoint) ? character : `<U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}>`
    }
  }
  return written
}
