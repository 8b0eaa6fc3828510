/**
 * Documents that people sign, print and archive: tagged PDF/UA (ISO 14289-1) with an embedded typeface, so that a
 * screen reader walks them and a hash is copied as it stands. Same input, same bytes: instants and ids are given.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import type { PdfBlock } from './pdf-blocks.ts'
import { createWriter, type PdfFonts, type Writer } from './pdf-writer.ts'

export type PdfContent = {
  readonly title: string
  /** Stands in every page's footer beside the page's number. */
  readonly documentId: string
  readonly author: string
  readonly madeAtMs: number
  readonly language: 'es-PE' | 'en'
  /** The footer's words for a page; Spanish when left out. */
  readonly pageOf?: (page: number, pages: number) => string
  readonly blocks: readonly PdfBlock[]
}

const marginPoints = 54
const require = createRequire(import.meta.url)
let typefaces: PdfFonts | null = null

/**
 * The whole document in memory; a few hundred pages are a few megabytes. A character that the typeface has not is
 * written by its number, `<U+4E2D>`, so that no name silently loses a letter.
 */
export async function writePdf(content: PdfContent): Promise<Uint8Array> {
  const made = new Date(content.madeAtMs)
  const options = {
    size: 'A4',
    margin: marginPoints,
    pdfVersion: '1.7' as const,
    tagged: true,
    lang: content.language,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    // The file's own identifier is made from these alone.
    info: {
      Title: content.title,
      Author: content.author,
      Subject: content.documentId,
      Producer: 'Sereno',
      Creator: 'Sereno',
      CreationDate: made,
      ModDate: made,
    },
  }
  // Added apart: the library writes the mark of PDF/UA, its types do not know it yet.
  const document = new PDFDocument(Object.assign<PDFKit.PDFDocumentOptions, unknown>(options, { subset: 'PDF/UA' }))
  const pieces: Uint8Array[] = []
  const whole = new Promise<Uint8Array>((resolve, reject) => {
    document.on('data', (piece: Uint8Array) => pieces.push(piece))
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(pieces))))
    document.on('error', reject)
  })
  const writer = createWriter(document, fonts(), marginPoints)
  writer.title(content.title)
  for (const block of content.blocks) {
    writeBlock(writer, block)
  }
  writer.finish((page, pages) => [content.documentId, (content.pageOf ?? spanishPage)(page, pages)])
  document.end()
  return whole
}

function writeBlock(writer: Writer, block: PdfBlock): void {
  switch (block.kind) {
    case 'heading':
      writer.heading(block.text)
      break
    case 'paragraph':
      writer.paragraph(block.text)
      break
    case 'notice':
      writer.notice(block.text)
      break
    case 'facts':
      writer.facts(block.facts)
      break
    case 'table':
      writer.table(block.columns, block.rows)
      break
    case 'hash':
      writer.hash(block.label, block.value)
      break
    case 'signatures':
      writer.signatures(block.signers)
      break
  }
}

function spanishPage(page: number, pages: number): string {
  return `Página ${page} de ${pages}`
}

// The static faces: fontkit cannot read the variable one.
function fonts(): PdfFonts {
  typefaces ??= {
    regular: readFileSync(require.resolve('@fontsource/inter/files/inter-latin-400-normal.woff')),
    strong: readFileSync(require.resolve('@fontsource/inter/files/inter-latin-600-normal.woff')),
  }
  return typefaces
}
