/**
 * The custody sheet of a package, for people, in Spanish: what it holds, and what it proves and does not. Its blocks
 * become both the PDF and the plain text, so that the two cannot say different things. Pure.
 */
import type { CustodyEntry } from '@sereno/contracts'
import { kindName, names } from '@sereno/text'
import type { Static } from 'typebox'
import type { PdfBlock } from '../../kernel/pdf-blocks.ts'
import type { Quarantine } from './evidence.ts'

export type SheetFacts = {
  readonly municipality: string
  readonly fictitious: boolean
  readonly timeZone: string
  readonly recording: string
  readonly code: string
  readonly device: string
  readonly simulated: boolean
  /** Why the recording was set apart; null when it never was. */
  readonly quarantine: string | null
  readonly officer: string | null
  readonly startedAt: number
  readonly endedAt: number
  readonly durationMs: number
  readonly segments: number
  readonly gaps: readonly { readonly sequence: number; readonly reason: string; readonly missingMs: number }[]
  readonly missing: readonly { readonly from: number; readonly to: number }[]
  readonly declared: readonly { readonly sequence: number; readonly reason: string; readonly by: string }[]
  readonly incomplete: boolean
  readonly supplementOf: string | null
  readonly stop: string | null
  readonly sealedAt: number
  readonly manifestSha256: string
  readonly positions: boolean
  readonly exporter: string
  readonly purpose: string
  readonly reference: string | null
  readonly madeAt: number
  readonly checkpointSize: number
  /** Signatures on the checkpoint besides the log's own. */
  readonly cosignatures: number
  readonly timestamps: number
  /** Entries committed but not yet in a published checkpoint: named, not proved. */
  readonly pending: readonly string[]
  readonly entries: readonly Static<typeof CustodyEntry>[]
  /** Proved entries of which nothing is opened to whoever receives the copy. */
  readonly closed?: number
  /** Marks and notes of people, oldest first. */
  readonly marks: readonly SheetMark[]
}

export type SheetMark = {
  readonly at: number
  readonly category: string | null
  readonly note: string | null
  readonly by: string
}

export const sheetTitle = 'Hoja de custodia'
const words = names('es')

export function sheetBlocks(facts: SheetFacts): readonly PdfBlock[] {
  const when = (at: number): string => formatInstant(at, facts.timeZone)
  return [
    ...notices(facts),
    { kind: 'paragraph', text: `Todas las horas son de ${facts.timeZone}.` },
    { kind: 'facts', facts: recordingFacts(facts, when) },
    { kind: 'hash', label: 'Manifiesto (SHA-256)', value: facts.manifestSha256 },
    ...(facts.supplementOf === null
      ? []
      : [{ kind: 'hash' as const, label: 'Suplemento del manifiesto (SHA-256)', value: facts.supplementOf }]),
    { kind: 'heading', text: 'Lo que falta' },
    ...missingBlocks(facts),
    { kind: 'heading', text: 'Esta copia' },
    {
      kind: 'facts',
      facts: [
        { label: 'Hecha por', value: facts.exporter },
        { label: 'Cuándo', value: when(facts.madeAt) },
        { label: 'Para', value: named(words.purpose, facts.purpose) },
        ...(facts.reference === null ? [] : [{ label: 'Referencia', value: facts.reference }]),
        { label: 'Posiciones', value: facts.positions ? 'incluidas' : 'omitidas a pedido' },
      ],
    },
    { kind: 'heading', text: 'Custodia, de lo más antiguo a lo más reciente' },
    ...custodyBlocks(facts, when),
    ...markBlocks(facts, when),
    { kind: 'heading', text: 'Qué prueba este paquete' },
    {
      kind: 'paragraph',
      text: 'Qué clave firmó qué bytes, y entre qué puntos de control del libro público. Un solo bit cambiado se nota.',
    },
    { kind: 'heading', text: 'Qué no prueba' },
    {
      kind: 'paragraph',
      text: 'Que el lente vio la verdad, ni dónde estaba la cámara, ni quién aparece en la imagen.',
    },
    { kind: 'heading', text: 'Cómo comprobarlo sin confiar en nadie' },
    {
      kind: 'paragraph',
      text: 'Abra en un navegador el archivo verify.html de la publicación oficial (compare antes su huella), suelte este paquete y un archivo de confianza obtenido por otro camino: gaceta municipal, acta de entrega, testigo. La copia de verify.html que viene dentro del paquete es solo una comodidad: quien pudiera falsificar el paquete podría falsificarla. Desde una terminal: sereno verify ARCHIVO --trust CONFIANZA.',
    },
  ]
}

const quarantineReasons: Readonly<Record<Quarantine, string>> = {
  'not-issued': 'la cámara no estaba asignada a nadie cuando grabó',
  'key-revoked': 'una parte llegó cuando la clave de la cámara ya estaba revocada, y pudo hacerla quien la tuviera',
  equivocation: 'la clave de la cámara firmó dos cosas distintas para un mismo segmento',
  'other-init': 'una parte nombra otra cabecera de video',
  'after-stop': 'hay declaraciones firmadas después del final, o dos finales',
  'broken-chain': 'una declaración no sigue a la anterior',
  'counter-jump': 'el contador de una declaración salta más de lo que una cámara cuenta',
}

function notices(facts: SheetFacts): readonly PdfBlock[] {
  const texts = [
    ...(facts.simulated ? ['SIMULADO: el dispositivo es virtual; esto no es evidencia de un hecho.'] : []),
    ...(facts.fictitious ? ['Municipalidad ficticia de demostración.'] : []),
    ...(facts.quarantine === null
      ? []
      : [`ESTUVO EN CUARENTENA: ${named(quarantineReasons, facts.quarantine)}. Mire la custodia, abajo.`]),
  ]
  return texts.map((text) => ({ kind: 'notice', text }))
}

function recordingFacts(facts: SheetFacts, when: (at: number) => string) {
  const stop = facts.stop === null ? 'sin final firmado por la cámara' : `firmado: ${named(words.stop, facts.stop)}`
  return [
    { label: 'Municipalidad', value: facts.municipality },
    { label: 'Grabación', value: `${facts.code} (${facts.recording})` },
    { label: 'Cámara', value: facts.device },
    { label: 'Asignada a', value: facts.officer ?? 'nadie en ese momento' },
    { label: 'Desde', value: when(facts.startedAt) },
    { label: 'Hasta', value: when(facts.endedAt) },
    { label: 'Duración grabada', value: `${formatDuration(facts.durationMs)} en ${facts.segments} segmentos` },
    { label: 'Final', value: stop },
    { label: 'Sellada', value: `${when(facts.sealedAt)}${facts.incomplete ? ' como INCOMPLETA' : ''}` },
  ]
}

function missingBlocks(facts: SheetFacts): readonly PdfBlock[] {
  const rows = [
    ...facts.gaps.map((gap) => [
      `Segmento ${gap.sequence}`,
      `la cámara declaró ${(gap.missingMs / 1000).toFixed(1)} s: ${named(words.gap, gap.reason)}`,
    ]),
    ...facts.missing.map((range) => [`Segmentos ${range.from} a ${range.to}`, 'no llegaron']),
    ...facts.declared.map((gap) => [`Segmento ${gap.sequence}`, `declarado después por ${gap.by}: ${gap.reason}`]),
  ]
  const columns = [
    { title: 'Dónde', share: 1 },
    { title: 'Qué', share: 3 },
  ]
  return rows.length === 0 ? [{ kind: 'paragraph', text: 'Nada.' }] : [{ kind: 'table', columns, rows }]
}

function custodyBlocks(facts: SheetFacts, when: (at: number) => string): readonly PdfBlock[] {
  const rows = facts.entries.map((entry) => [
    when(entry.at),
    entry.index === null ? 'sin número' : `n.º ${entry.index}`,
    `${kindName(entry.kind, 'es')}${entry.allowed ? '' : ' · NEGADO'}`,
    entry.who,
    entry.purpose === null ? '' : named(words.purpose, entry.purpose),
  ])
  const columns = [
    { title: 'Cuándo', share: 20 },
    { title: 'Asiento', share: 10 },
    { title: 'Qué', share: 24 },
    { title: 'Quién', share: 20 },
    { title: 'Para qué', share: 16 },
  ]
  const pending = `Aún no publicados al hacer esta copia: ${facts.pending.join(', ')}.`
  const closed = `Otros asientos probados que no se abren a quien recibe esta copia: ${facts.closed ?? 0}.`
  const outside = [
    facts.cosignatures === 0
      ? 'El punto de control no lleva la firma de testigos independientes.'
      : `Firmas en el punto de control, además de la del libro: ${facts.cosignatures}; el archivo de confianza dice de qué testigos.`,
    `Sellos de tiempo (RFC 3161): ${facts.timestamps === 0 ? 'ninguno' : facts.timestamps}.`,
  ].join(' ')
  return [
    rows.length === 0 ? { kind: 'paragraph', text: 'Sin asientos.' } : { kind: 'table', columns, rows },
    {
      kind: 'paragraph',
      text: `Los asientos numerados están probados en el libro público, que tenía ${facts.checkpointSize}. ${outside}`,
    },
    ...((facts.closed ?? 0) === 0 ? [] : [{ kind: 'paragraph' as const, text: closed }]),
    ...(facts.pending.length === 0 ? [] : [{ kind: 'paragraph' as const, text: pending }]),
  ]
}

function markBlocks(facts: SheetFacts, when: (at: number) => string): readonly PdfBlock[] {
  if (facts.marks.length === 0) {
    return []
  }
  const rows = facts.marks.map((mark) => [when(mark.at), markName(mark.category), mark.note ?? '', mark.by])
  const columns = [
    { title: 'Momento', share: 20 },
    { title: 'Clase', share: 14 },
    { title: 'Nota', share: 40 },
    { title: 'De', share: 18 },
  ]
  return [
    { kind: 'heading', text: 'Marcas y notas de personas' },
    { kind: 'table', columns, rows },
  ]
}

// A mark's class, or the category of the whole recording beside its own note.
function markName(code: string | null): string {
  return code === null ? '' : named({ ...words.category, ...words.marker }, code)
}

function named(catalogue: Readonly<Record<string, string>>, code: string): string {
  return catalogue[code] ?? code
}

function formatInstant(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(new Date(at))
}

function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
