/** A document's blocks as plain text, for readers without anything that shows a PDF. Pure. */
import type { PdfBlock } from '../../kernel/pdf-blocks.ts'

export function plainText(title: string, blocks: readonly PdfBlock[]): string {
  const lines = [
    title.toUpperCase(),
    '='.repeat(title.length),
    '',
    ...blocks.flatMap((block) => [...linesOf(block), '']),
  ]
  return lines.join('\n')
}

function linesOf(block: PdfBlock): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return [block.text.toUpperCase()]
    case 'paragraph':
      return [block.text]
    case 'notice':
      return [`*** ${block.text} ***`]
    case 'facts': {
      const width = Math.max(...block.facts.map(({ label }) => label.length)) + 2
      return block.facts.map(({ label, value }) => `${`${label}:`.padEnd(width)} ${value}`)
    }
    case 'table':
      return block.rows.map((row) => `  ${row.filter((cell) => cell !== '').join(' · ')}`)
    case 'hash':
      return [`${block.label}:`, `  ${block.value}`]
    case 'signatures':
      return block.signers.map(({ label, value }) => `  ______________________  ${value} (${label})`)
  }
}
