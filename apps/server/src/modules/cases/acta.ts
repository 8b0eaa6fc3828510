/**
 * The acta de entrega: the fields of DS 007-2020-IN art. 18 (what is delivered, by whom, to whom, the reserved key) and
 * of art. 19 (who goes on with the chain of custody). Spanish, as the authority reads it; the same input, the same bytes.
 */
import { writePdf } from '../../kernel/pdf.ts'
import type { PdfBlock } from '../../kernel/pdf-blocks.ts'
import type { RecordingOf } from './present.ts'
import type { CaseRow, HandOverItemRow, HandOverRow } from './tables.ts'

export type ActaInput = {
  readonly made: HandOverRow
  readonly items: readonly HandOverItemRow[]
  readonly row: CaseRow
  readonly views: readonly RecordingOf[]
  readonly home: { readonly name: string; readonly timeZone: string; readonly fictitious: boolean }
}

const authorities = { pnp: 'Policía Nacional del Perú', mp: 'Ministerio Público' } as const
const leftWords = {
  'not-sealed': 'no está sellada todavía',
  destroyed: 'fue eliminada según la norma',
  unreadable: 'no se pudo leer',
} as const

export async function writeActa(given: ActaInput): Promise<Uint8Array> {
  const { made, row, home } = given
  const time = timeOf(home.timeZone)
  const packed = given.items.filter((item) => item.left_because === null)
  const left = given.items.flatMap(({ code, left_because: because }) => (because === null ? [] : [{ code, because }]))
  const views = new Map(given.views.map((view) => [view.id, view]))
  return writePdf({
    title: 'Acta de entrega de grabaciones',
    documentId: `Acta ${made.number} · ${row.code}`,
    author: home.name,
    madeAtMs: made.made_at,
    language: 'es-PE',
    blocks: [
      ...(home.fictitious
        ? [{ kind: 'notice' as const, text: 'DEMOSTRACIÓN: municipio, personas y hechos son ficticios.' }]
        : []),
      {
        kind: 'paragraph',
        text: `${home.name} entrega a la autoridad que se indica las grabaciones que se detallan, conforme a los artículos 13 y 14 del Decreto Legislativo 1218 y a los artículos 17 a 19 de su Reglamento, Decreto Supremo 007-2020-IN.`,
      },
      { kind: 'heading', text: '1. Autoridad que recibe' },
      {
        kind: 'facts',
        facts: [
          { label: 'Institución', value: authorities[made.authority] },
          { label: 'Dependencia', value: made.unit },
          { label: 'Funcionario', value: made.officer },
          { label: 'CIP, DNI o registro', value: made.officer_id ?? '______________________________' },
        ],
      },
      { kind: 'heading', text: '2. Quien entrega' },
      {
        kind: 'facts',
        facts: [
          { label: 'Entidad', value: home.name },
          { label: 'Responsable', value: made.maker.name },
          { label: 'Caso', value: `${row.code}: ${row.title}` },
          {
            label: 'Se tuvo conocimiento',
            value: row.known_at === null ? 'no consta un plazo en curso' : time(row.known_at),
          },
          {
            label: 'Plazo de 24 horas',
            value: row.known_at === null ? 'no aplica' : `vence ${time(row.known_at + 24 * 3_600_000)}`,
          },
          { label: 'Acta preparada', value: time(made.made_at) },
        ],
      },
      { kind: 'heading', text: '3. Detalle del contenido' },
      { kind: 'paragraph', text: made.detail },
      ...packed.flatMap((item, place): PdfBlock[] => itemBlocks(item, views.get(item.recording), place + 1, time)),
      ...(left.length === 0
        ? []
        : [
            { kind: 'heading' as const, text: 'No se entrega' },
            {
              kind: 'table' as const,
              columns: [
                { title: 'Grabación', share: 1 },
                { title: 'Motivo', share: 3 },
              ],
              rows: left.map(({ code, because }) => [code, leftWords[because]]),
            },
          ]),
      { kind: 'heading', text: '4. Clave reservada' },
      {
        kind: 'paragraph',
        text: 'La autoridad entrega al responsable la clave reservada de esta diligencia (artículo 18.1): ______________________________',
      },
      { kind: 'heading', text: '5. Cadena de custodia y reserva' },
      {
        kind: 'paragraph',
        text: 'Desde la firma de esta acta la autoridad que recibe continúa la cadena de custodia (artículo 19 del Reglamento; artículo 15 del Decreto Legislativo 1218). La entidad conserva su ejemplar sin alterarlo. Quienes conocen las imágenes guardan reserva.',
      },
      {
        kind: 'paragraph',
        text: 'Cada archivo es un paquete de evidencia que cualquiera verifica sin acudir a la entidad: con la página de verificación, o con «sereno verify ARCHIVO --trust CONFIANZA». La huella SHA-256 de cada paquete es la que figura arriba.',
      },
      {
        kind: 'signatures',
        signers: [
          { label: 'Entrega', value: `${made.maker.name} · ${home.name}` },
          { label: 'Recibe', value: `${made.officer} · ${made.unit}` },
        ],
      },
    ],
  })
}

function itemBlocks(
  item: HandOverItemRow,
  view: RecordingOf | undefined,
  place: number,
  time: (atMs: number) => string,
): PdfBlock[] {
  const officer = view?.officer
  return [
    { kind: 'heading', text: `3.${place} Grabación ${item.code}` },
    {
      kind: 'facts',
      facts: [
        { label: 'Archivo', value: `${item.file_name ?? ''} (${item.size_bytes ?? 0} bytes)` },
        { label: 'Equipo', value: view?.device.code ?? '' },
        {
          label: 'Agente',
          value: officer === null || officer === undefined ? 'sin asignar' : `${officer.name} (${officer.code})`,
        },
        { label: 'Comienza', value: view === undefined ? '' : time(view.startedAt) },
        { label: 'Termina', value: view?.endedAt == null ? '' : time(view.endedAt) },
        {
          label: 'Video',
          value: `${Math.round((view?.durationMs ?? 0) / 1000)} s en ${view?.segments ?? 0} segmentos`,
        },
        {
          label: 'Huecos y faltantes',
          value: `huecos: ${view?.gaps ?? 0}; segmentos que faltan: ${view?.missing ?? 0}`,
        },
      ],
    },
    { kind: 'hash', label: 'SHA-256 del paquete', value: item.sha256 ?? '' },
    { kind: 'hash', label: 'SHA-256 del manifiesto sellado', value: item.manifest_sha256 ?? '' },
  ]
}

function timeOf(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('es-PE', {
    timeZone,
    dateStyle: 'long',
    timeStyle: 'medium',
    hourCycle: 'h23',
  })
  return (atMs) => `${format.format(new Date(atMs))} (${timeZone})`
}
