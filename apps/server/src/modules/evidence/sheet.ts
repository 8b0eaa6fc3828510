/** The custody sheet of a package, for people, in Spanish: what it holds, and what it proves and does not. Pure. */
import type { CustodyEntryView } from './door.ts'
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
  /** Entries committed but not yet in a published checkpoint: named, not proved. */
  readonly pending: readonly string[]
  readonly entries: readonly CustodyEntryView[]
}

export function writeSheet(facts: SheetFacts): string {
  const when = (at: number): string => formatInstant(at, facts.timeZone)
  const lines = [
    'HOJA DE CUSTODIA',
    '================',
    '',
    ...(facts.simulated ? ['*** SIMULADO: el dispositivo es virtual; esto no es evidencia de un hecho. ***', ''] : []),
    ...(facts.fictitious ? ['*** Municipalidad ficticia de demostración. ***', ''] : []),
    ...(facts.quarantine === null ? [] : quarantineLines(facts.quarantine)),
    `Municipalidad:        ${facts.municipality}`,
    `Grabación:            ${facts.code} (${facts.recording})`,
    `Cámara:               ${facts.device}`,
    `Asignada a:           ${facts.officer ?? 'nadie en ese momento'}`,
    `Desde:                ${when(facts.startedAt)}`,
    `Hasta:                ${when(facts.endedAt)}`,
    `Duración grabada:     ${formatDuration(facts.durationMs)} en ${facts.segments} segmentos`,
    `Final:                ${facts.stop === null ? 'sin final firmado por la cámara' : `firmado (${facts.stop})`}`,
    `Sellada:              ${when(facts.sealedAt)}${facts.incomplete ? ' como INCOMPLETA' : ''}`,
    `Manifiesto (SHA-256): ${facts.manifestSha256}`,
    ...(facts.supplementOf === null ? [] : [`Suplemento de:        ${facts.supplementOf}`]),
    `Posiciones:           ${facts.positions ? 'incluidas' : 'omitidas a pedido'}`,
    '',
    'FALTANTES',
    ...listOr(
      [
        ...facts.gaps.map(
          (gap) =>
            `  Segmento ${gap.sequence}: la cámara declaró ${(gap.missingMs / 1000).toFixed(1)} s (${gap.reason})`,
        ),
        ...facts.missing.map((range) => `  Segmentos ${range.from} a ${range.to}: no llegaron`),
        ...facts.declared.map((gap) => `  Segmento ${gap.sequence}: declarado después por ${gap.by}: ${gap.reason}`),
      ],
      '  Ninguno.',
    ),
    '',
    'ESTA COPIA',
    `  Hecha por ${facts.exporter} el ${when(facts.madeAt)}`,
    `  Propósito: ${facts.purpose}${facts.reference === null ? '' : ` · Referencia: ${facts.reference}`}`,
    '',
    'CUSTODIA (del más antiguo al más reciente)',
    ...listOr(
      facts.entries.map((entry) => custodyLine(entry, when)),
      '  Sin asientos.',
    ),
    '',
    `Los asientos numerados están probados en el registro público con ${facts.checkpointSize} asientos.`,
    ...(facts.pending.length === 0
      ? []
      : [`Aún no publicados al hacer esta copia, y por eso sin prueba aquí: ${facts.pending.join(', ')}.`]),
    'El registro no lleva todavía la firma de testigos independientes.',
    '',
    'QUÉ PRUEBA ESTE PAQUETE',
    '  Qué llave firmó qué bytes, y entre qué puntos de control del registro público. Un solo bit cambiado se nota.',
    'QUÉ NO PRUEBA',
    '  Que el lente vio la verdad, ni dónde estaba la cámara, ni quién aparece en la imagen.',
    '',
    'Para verificar sin confiar en nadie: abra /verify en cualquier instalación o use `sereno verify ARCHIVO',
    '--trust CONFIANZA`, con un archivo de confianza obtenido por otro camino (gaceta municipal, acta de entrega).',
    '',
  ]
  return lines.join('\n')
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

function quarantineLines(code: string): readonly string[] {
  const reason = Object.entries(quarantineReasons).find(([known]) => known === code)?.[1] ?? code
  return [`*** ESTUVO EN CUARENTENA: ${reason}. Mire la custodia, abajo. ***`, '']
}

function custodyLine(entry: CustodyEntryView, when: (at: number) => string): string {
  const place = entry.index === null ? '(sin número)' : `n.º ${entry.index}`
  const denied = entry.allowed ? '' : ' · NEGADO'
  const purpose = entry.purpose === null ? '' : ` · ${entry.purpose}`
  return `  ${when(entry.at)} · ${place} · ${entry.kind} · ${entry.who}${purpose}${denied}`
}

function listOr(lines: readonly string[], empty: string): readonly string[] {
  return lines.length === 0 ? [empty] : lines
}

function formatInstant(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(new Date(at))
  return `${parts} (${timeZone})`
}

function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
