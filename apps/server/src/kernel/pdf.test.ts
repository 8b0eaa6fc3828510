import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PdfContent, writePdf } from './pdf.ts'
import { breakLines, writable } from './pdf-lines.ts'

const sha256 = '0123456789abcdef'.repeat(4)
const content: PdfContent = {
  title: 'Acta de entrega',
  documentId: 'AE-2026-0007',
  author: 'Distrito de prueba',
  madeAtMs: 1_790_000_000_000,
  language: 'es-PE',
  blocks: [
    { kind: 'notice', text: 'SIMULADO: no es evidencia de un hecho.' },
    { kind: 'paragraph', text: `La señora Ñahui 李 recibe. ${'Lo que sigue es largo. '.repeat(40)}` },
    { kind: 'heading', text: 'Datos' },
    { kind: 'facts', facts: [{ label: 'Grabación', value: 'R-7' }] },
    { kind: 'hash', label: 'Manifiesto (SHA-256)', value: sha256 },
    {
      kind: 'table',
      columns: [
        { title: 'Cuándo', share: 1 },
        { title: 'Qué', share: 3 },
      ],
      rows: Array.from({ length: 120 }, (_, row) => [`día ${row}`, 'visto por alguien']),
    },
    { kind: 'signatures', signers: [{ label: 'Custodia de evidencias', value: 'Quien entrega' }] },
  ],
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-pdf-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('is tagged, titled, in Spanish, and reads back word for word', async () => {
  const file = join(folder, 'acta.pdf')
  writeFileSync(file, await writePdf(content))
  const told = execFileSync('pdfinfo', [file], { encoding: 'utf8' })
  expect(told).toMatch(/Tagged: +yes/)
  expect(told).toMatch(/Title: +Acta de entrega/)
  const pages = Number(/Pages: +(\d+)/.exec(told)?.[1])
  expect(pages).toBeGreaterThan(2)
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  expect(text).toContain(sha256)
  expect(text).toContain('La señora Ñahui <U+674E> recibe.')
  for (let page = 1; page <= pages; page += 1) {
    expect(text).toMatch(new RegExp(`AE-2026-0007 +Página ${page} de ${pages}`))
  }
})

test('has one structure that a screen reader walks: headings, cells with their headers, no footers', async () => {
  const file = join(folder, 'structure.pdf')
  writeFileSync(file, await writePdf(content))
  const structure = execFileSync('pdfinfo', ['-struct-text', file], { encoding: 'utf8' })
  expect(structure.split('\n').slice(0, 3)).toEqual(['Document', '  H1 (block)', '    "Acta de entrega"'])
  expect(structure).toMatch(/TH:\s+\/Scope \/Row\s+"Grabación"\s+TD\s+"R-7"/)
  expect(structure).toMatch(/TH:\s+\/Scope \/Column\s+"Cuándo"/)
  expect(structure).toContain('Lo que sigue es largo. Lo que sigue es largo.')
  expect(structure.match(/"Cuándo"/g)).toHaveLength(1)
  expect(structure).not.toContain('Página')
})

// PDF/UA-1 (ISO 14289-1) §7.1, §7.2: what can be asked of the file without its validator.
test('everything painted is tagged or an artifact; language, title and conformance are said; fonts are inside', async () => {
  const bytes = Buffer.from(await writePdf(content))
  const raw = bytes.toString('latin1')
  const streams = [...raw.matchAll(/\/FlateDecode[\s\S]*?stream\r?\n/g)].flatMap(({ index, 0: head }) => {
    const from = index + head.length
    return [inflateSync(bytes.subarray(from, raw.indexOf('endstream', from)), { finishFlush: 2 }).toString('latin1')]
  })
  const pages = streams.filter((stream) => /\bBDC\b/.test(stream))
  expect(pages.length).toBeGreaterThan(2)
  const painted = pages.flatMap((stream) => {
    let depth = 0
    return stream.split('\n').flatMap((line) => {
      depth += /\bB[DM]C\s*$/.test(line) ? 1 : /^EMC\b/.test(line) ? -1 : 0
      return /(?:^|[\s\])>])(?:Tj|TJ|Do|sh|[fFSsBb]\*?)\s*$/.test(line) ? [depth] : []
    })
  })
  expect(painted.length).toBeGreaterThan(120)
  expect(painted.every((depth) => depth > 0)).toBe(true)
  for (const said of [/\/Lang \(es-PE\)/, /\/MarkInfo/, /\/DisplayDocTitle true/, /<pdfuaid:part>1</, /\/Tabs \/S/]) {
    expect(raw).toMatch(said)
  }
  const file = join(folder, 'fonts.pdf')
  writeFileSync(file, bytes)
  const fonts = execFileSync('pdffonts', [file], { encoding: 'utf8' }).trim().split('\n').slice(2)
  expect(fonts.length).toBeGreaterThan(0)
  for (const font of fonts) {
    // Embedded, a subset, with the way back to Unicode that a screen reader takes.
    expect(font).toMatch(/ yes yes yes +\d+ +\d+$/)
  }
})

test('same input, same bytes; another instant, other bytes', async () => {
  const one = await writePdf(content)
  expect(Buffer.compare(one, await writePdf(content))).toBe(0)
  expect(Buffer.compare(one, await writePdf({ ...content, madeAtMs: 1 }))).not.toBe(0)
})

test('lines lose no character and never exceed the width', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (text, width) => {
      const lines = breakLines(text, width, (piece) => piece.length)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(/[ \n]/g, ''))
      for (const line of lines) {
        expect(line.trimEnd().length).toBeLessThanOrEqual(width)
      }
    }),
  )
  expect(writable('a\tb\u0007中', (codePoint) => codePoint < 128)).toBe('a b <U+4E2D>')
})
