/** The blocks of a document, drawn top down and marked for those who do not see them. Used by pdf.ts alone. */

import type { PdfColumn, PdfFact } from './pdf-blocks.ts'
import { breakLines, writable } from './pdf-lines.ts'

export type PdfFonts = { readonly regular: Buffer; readonly strong: Buffer }
type Face = keyof PdfFonts
type Style = { readonly face: Face; readonly sizePoints: number; readonly lineFactor: number }
type Element = ReturnType<PDFKit.PDFDocument['struct']>
// pdfkit writes the scope of a table's header; its types do not know it yet.
type Scoped = NonNullable<Parameters<PDFKit.PDFDocument['struct']>[1]> & { readonly scope?: 'Row' | 'Column' }
type Cell = { readonly x: number; readonly lines: readonly string[]; readonly style: Style; readonly colour?: string }

export type Writer = {
  readonly title: (text: string) => void
  readonly heading: (text: string) => void
  readonly paragraph: (text: string) => void
  readonly notice: (text: string) => void
  readonly facts: (facts: readonly PdfFact[]) => void
  readonly table: (columns: readonly PdfColumn[], rows: readonly (readonly string[])[]) => void
  readonly hash: (label: string, value: string) => void
  readonly signatures: (signers: readonly PdfFact[]) => void
  /** Footers, on every page, as artifacts: a screen reader does not read them out again and again. */
  readonly finish: (footer: (page: number, pages: number) => readonly [left: string, right: string]) => void
}

const styles = {
  title: { face: 'strong', sizePoints: 18, lineFactor: 1.25 },
  heading: { face: 'strong', sizePoints: 12, lineFactor: 1.3 },
  body: { face: 'regular', sizePoints: 10, lineFactor: 1.45 },
  strong: { face: 'strong', sizePoints: 10, lineFactor: 1.45 },
  cell: { face: 'regular', sizePoints: 8.5, lineFactor: 1.35 },
  columnTitle: { face: 'strong', sizePoints: 8.5, lineFactor: 1.35 },
  label: { face: 'regular', sizePoints: 8.5, lineFactor: 1.4 },
  hash: { face: 'regular', sizePoints: 9, lineFactor: 1.4 },
  footer: { face: 'regular', sizePoints: 8, lineFactor: 1.2 },
} as const satisfies Record<string, Style>

const ink = '#14181c'
const quiet = '#4a525a'
const ruled = '#c9ced3'
const footerPoints = 30
const cellGapPoints = 8
const cellPadPoints = 3

export function createWriter(document: PDFKit.PDFDocument, fonts: PdfFonts, marginPoints: number): Writer {
  document.registerFont('regular', fonts.regular)
  document.registerFont('strong', fonts.strong)
  document.addPage()
  const left = marginPoints
  const width = document.page.width - 2 * marginPoints
  const bottom = document.page.height - marginPoints - footerPoints
  const root = document.struct('Document')
  document.addStructure(root)
  let y = marginPoints

  const heightOf = ({ sizePoints, lineFactor }: Style, lines = 1): number => sizePoints * lineFactor * lines
  const use = ({ face, sizePoints }: Style): void => {
    document.font(face).fontSize(sizePoints)
  }
  // Tables say the same again and again; measuring text is most of the work.
  const broken = new Map<string, readonly string[]>()
  function linesOf(text: string, style: Style, widthPoints: number): readonly string[] {
    const key = `${style.face} ${style.sizePoints} ${widthPoints} ${text}`
    const known = broken.get(key)
    if (known !== undefined) {
      return known
    }
    use(style)
    const lines = breakLines(writable(text, hasGlyph(document)), widthPoints, (piece) => document.widthOfString(piece))
    broken.set(key, lines)
    return lines
  }
  function newPage(): void {
    document.addPage()
    y = marginPoints
  }
  function need(points: number): void {
    if (y + points > bottom && y > marginPoints) {
      newPage()
    }
  }
  function drawLine(line: string, x: number, atY: number, style: Style, colour = ink): void {
    use(style)
    document.fillColor(colour).text(line, x, atY, { lineBreak: false })
  }
  function drawLines(lines: readonly string[], x: number, atY: number, style: Style, colour = ink): void {
    for (const [place, line] of lines.entries()) {
      drawLine(line, x, atY + heightOf(style, place), style, colour)
    }
  }
  function artifact(draw: () => void): void {
    document.markContent('Artifact', { type: 'Layout' })
    draw()
    document.endMarkedContent()
  }

  /** Text that may run over pages: each page's part is its own content of the one element. */
  function flow(tag: string, text: string, style: Style, colour = ink): void {
    const element = attach(tag)
    let rest = linesOf(text, style, width)
    while (rest.length > 0) {
      need(heightOf(style))
      const fitting = Math.max(1, Math.floor((bottom - y) / heightOf(style)))
      const here = rest.slice(0, fitting)
      element.add(() => drawLines(here, left, y, style, colour))
      y += heightOf(style, here.length)
      rest = rest.slice(fitting)
    }
    element.end()
  }
  function attach(tag: string): Element {
    return childOf(root, tag)
  }
  function childOf(parent: Element, tag: string, options: Scoped = {}): Element {
    const element = document.struct(tag, options)
    parent.add(element)
    return element
  }

  /** One row; a header row drawn again on a new page is an artifact, because the table has it already. */
  function drawRow(cells: readonly Cell[], into: readonly Element[] | null): void {
    const height = Math.max(...cells.map(({ lines, style }) => heightOf(style, lines.length))) + 2 * cellPadPoints
    const draw = (cell: Cell): void => drawLines(cell.lines, cell.x, y + cellPadPoints, cell.style, cell.colour)
    if (into === null) {
      artifact(() => cells.forEach(draw))
    }
    for (const [place, element] of into?.entries() ?? []) {
      const cell = cells[place]
      element.add(() => (cell === undefined ? undefined : draw(cell)))
      element.end()
    }
    y += height
    artifact(() =>
      document
        .lineWidth(0.5)
        .strokeColor(ruled)
        .moveTo(left, y)
        .lineTo(left + width, y)
        .stroke(),
    )
  }
  function rowElements(table: Element, cells: readonly { readonly tag: string; readonly scope?: 'Row' | 'Column' }[]) {
    const row = childOf(table, 'TR')
    const elements = cells.map(({ tag, scope }) => childOf(row, tag, scope === undefined ? {} : { scope }))
    return { row, elements }
  }
  const rowHeight = (cells: readonly Cell[]): number =>
    Math.max(...cells.map(({ lines, style }) => heightOf(style, lines.length))) + 2 * cellPadPoints

  return {
    title(text) {
      flow('H1', text, styles.title)
      y += 10
    },
    heading(text) {
      y += 10
      // Never alone at the foot of a page.
      need(heightOf(styles.heading) + 3 * heightOf(styles.body))
      flow('H2', text, styles.heading)
      y += 4
    },
    paragraph(text) {
      flow('P', text, styles.body)
      y += 6
    },
    notice(text) {
      const lines = linesOf(text, styles.strong, width - 24)
      const height = heightOf(styles.strong, lines.length) + 16
      need(height)
      artifact(() => document.lineWidth(1.2).strokeColor(ink).rect(left, y, width, height).stroke())
      const element = attach('P')
      element.add(() => drawLines(lines, left + 12, y + 8, styles.strong))
      element.end()
      y += height + 8
    },
    facts(facts) {
      const labelPoints = width * 0.3
      const table = attach('Table')
      for (const { label, value } of facts) {
        const cells = [
          {
            x: left,
            lines: linesOf(label, styles.body, labelPoints - cellGapPoints),
            style: styles.body,
            colour: quiet,
          },
          { x: left + labelPoints, lines: linesOf(value, styles.body, width - labelPoints), style: styles.body },
        ]
        need(rowHeight(cells))
        const { row, elements } = rowElements(table, [{ tag: 'TH', scope: 'Row' }, { tag: 'TD' }])
        drawRow(cells, elements)
        row.end()
      }
      table.end()
      y += 10
    },
    table(columns, rows) {
      const shares = columns.reduce((sum, { share }) => sum + share, 0)
      const starts = columns.map(
        (_, place) => left + (width * columns.slice(0, place).reduce((sum, { share }) => sum + share, 0)) / shares,
      )
      const cellsOf = (texts: readonly string[], style: Style): readonly Cell[] =>
        columns.map(({ share }, place) => ({
          x: starts[place] ?? left,
          lines: linesOf(texts[place] ?? '', style, (width * share) / shares - cellGapPoints),
          style,
        }))
      const head = cellsOf(
        columns.map(({ title }) => title),
        styles.columnTitle,
      )
      const table = attach('Table')
      need(rowHeight(head) * 3)
      const titles = rowElements(
        table,
        columns.map(() => ({ tag: 'TH', scope: 'Column' as const })),
      )
      drawRow(head, titles.elements)
      titles.row.end()
      for (const texts of rows) {
        const cells = cellsOf(texts, styles.cell)
        if (y + rowHeight(cells) > bottom) {
          newPage()
          drawRow(head, null)
        }
        const { row, elements } = rowElements(
          table,
          columns.map(() => ({ tag: 'TD' })),
        )
        drawRow(cells, elements)
        row.end()
      }
      table.end()
      y += 10
    },
    hash(label, value) {
      need(heightOf(styles.label) + heightOf(styles.hash))
      flow('P', label, styles.label, quiet)
      flow('P', value, styles.hash)
      y += 6
    },
    signatures(signers) {
      const columns = 2
      const share = width / columns
      for (let first = 0; first < signers.length; first += columns) {
        need(90)
        const lineY = y + 52
        for (const [place, { label, value }] of signers.slice(first, first + columns).entries()) {
          const x = left + place * share
          artifact(() =>
            document
              .lineWidth(0.8)
              .strokeColor(ink)
              .moveTo(x, lineY)
              .lineTo(x + share - 24, lineY)
              .stroke(),
          )
          const element = attach('P')
          const name = linesOf(value, styles.body, share - 24)
          const office = linesOf(label, styles.label, share - 24)
          element.add(() => {
            drawLines(name, x, lineY + 4, styles.body)
            drawLines(office, x, lineY + 4 + heightOf(styles.body, name.length), styles.label, quiet)
          })
          element.end()
        }
        y = lineY + 44
      }
    },
    finish(footer) {
      root.end()
      const { start, count } = document.bufferedPageRange()
      for (let page = start; page < start + count; page += 1) {
        document.switchToPage(page)
        const [one, other] = footer(page - start + 1, count).map((text) => writable(text, hasGlyph(document)))
        const atY = document.page.height - marginPoints - 8
        use(styles.footer)
        const otherWidth = document.widthOfString(other ?? '')
        document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] })
        drawLine(one ?? '', left, atY, styles.footer, quiet)
        drawLine(other ?? '', left + width - otherWidth, atY, styles.footer, quiet)
        document.endMarkedContent()
      }
    },
  }
}

// The typeface at hand knows its own characters; both weights have the same ones.
function hasGlyph(document: PDFKit.PDFDocument): (codePoint: number) => boolean {
  const face: unknown = Reflect.get(document, '_font')
  const font: unknown = typeof face === 'object' && face !== null ? Reflect.get(face, 'font') : null
  const has: unknown = typeof font === 'object' && font !== null ? Reflect.get(font, 'hasGlyphForCodePoint') : null
  return (codePoint) => typeof has !== 'function' || Boolean(has.call(font, codePoint))
}
