/** The record of destruction (acta de eliminación): a tagged PDF, and a signed statement that names it by its hash. */
import { createHash } from 'node:crypto'
import { encodeCanonical } from '@sereno/proof'
import { dateAndTime, names } from '@sereno/text'
import type { Scope } from '../../kernel/actor.ts'
import { writePdf } from '../../kernel/pdf.ts'
import type { PdfBlock } from '../../kernel/pdf-blocks.ts'
import type { RetentionDeps } from './door.ts'
import { timeZoneOf } from './four-eyes.ts'
import type { ActaRow, BatchRow, ItemRow } from './tables.ts'

export type Acta = Omit<ActaRow, 'municipality' | 'batch' | 'entry'>

export const actaPayloadType = 'application/vnd.sereno.acta+json'

export async function makeActa(
  deps: RetentionDeps,
  scope: Scope,
  batch: BatchRow,
  items: readonly ItemRow[],
): Promise<Acta> {
  const madeAt = deps.clock.nowMs()
  const destroyed = items.filter(({ state }) => state === 'destroyed')
  const erasedAt = Math.max(...destroyed.map(({ erased_at: at }) => at ?? 0))
  const finalAt = Math.max(...destroyed.map(({ final_at: at }) => at ?? 0))
  const municipality = deps.identity.municipality()
  const year = new Intl.DateTimeFormat('es-PE', { timeZone: timeZoneOf(deps), year: 'numeric' }).format(madeAt)
  const number = `AE-${year}-${String(batch.number).padStart(4, '0')}`
  const pdf = await writePdf({
    title: 'Acta de eliminación de grabaciones',
    documentId: number,
    author: municipality?.name ?? 'Sereno',
    madeAtMs: madeAt,
    language: 'es-PE',
    blocks: blocksOf(deps, batch, items, { number, madeAt, erasedAt, finalAt }),
  })
  const sha256 = createHash('sha256').update(pdf).digest('hex')
  const statement = encodeCanonical({
    format: 1,
    installation: deps.config.installation,
    municipality: scope.municipality,
    kind: 'acta-de-eliminacion',
    number,
    pdf: { sha256, sizeBytes: pdf.length },
    recordings: destroyed.map(({ recording, manifest_sha256: manifest }) => ({ recording, manifest })),
    erasedAtMs: erasedAt,
    finalAtMs: finalAt,
  })
  const envelope = await deps.signer.sign('manifest', actaPayloadType, statement)
  return {
    number,
    pdf,
    sha256,
    envelope: Buffer.from(envelope).toString('latin1'),
    made_at: madeAt,
    erased_at: erasedAt,
    final_at: finalAt,
  }
}

type Dates = {
  readonly number: string
  readonly madeAt: number
  readonly erasedAt: number
  readonly finalAt: number
}

function blocksOf(deps: RetentionDeps, batch: BatchRow, items: readonly ItemRow[], dates: Dates): PdfBlock[] {
  const zone = timeZoneOf(deps)
  const municipality = deps.identity.municipality()
  const at = (ms: number | null): string => (ms === null ? '—' : dateAndTime(ms, zone, 'es'))
  const destroyed = items.filter(({ state }) => state === 'destroyed')
  const left = items.filter(({ state }) => state === 'left-out')
  const categories: Readonly<Record<string, string>> = { ...names('es').category, none: 'sin categoría' }
  const category = (item: ItemRow): string => categories[item.category] ?? item.category
  const fictitious: PdfBlock[] =
    municipality?.fictitious === true ? [{ kind: 'notice', text: 'FICTICIO: demostración, no es un acta real.' }] : []
  return [
    ...fictitious,
    {
      kind: 'paragraph',
      text: `${municipality?.name ?? ''}: ${opening(destroyed.length)} Dos personas distintas lo decidieron. La llave de cada grabación fue destruida y sus archivos fueron borrados; lo que queda de ella es su huella.`,
    },
    {
      kind: 'facts',
      facts: [
        { label: 'Acta', value: dates.number },
        { label: 'Lote', value: String(batch.number) },
        { label: 'Tabla de retención o programa de control de documentos', value: batch.schedule ?? '—' },
        { label: 'Propuesto por el calendario', value: at(batch.proposed_at) },
        { label: 'Revisó', value: `${batch.reviewed_name ?? '—'}, ${at(batch.reviewed_at)}` },
        { label: 'Aprobó', value: `${batch.approved_name ?? '—'}, ${at(batch.approved_at)}` },
        { label: 'Espera cumplida', value: at(batch.runs_at) },
        { label: 'Borrado', value: at(dates.erasedAt) },
        { label: 'Desde cuándo ninguna copia puede devolverlo', value: at(dates.finalAt) },
      ],
    },
    {
      kind: 'paragraph',
      text: 'Hasta la segunda fecha, una copia de seguridad hecha antes del borrado todavía contiene la llave. Si se restaura una, el sistema vuelve a destruir estas grabaciones antes de atender a nadie.',
    },
    { kind: 'heading', text: 'Grabaciones eliminadas' },
    {
      kind: 'table',
      columns: [
        { title: 'Grabación', share: 2 },
        { title: 'Equipo', share: 2 },
        { title: 'Categoría', share: 2 },
        { title: 'Grabada', share: 3 },
        { title: 'Plazo', share: 3 },
        { title: 'Borrada', share: 3 },
      ],
      rows: destroyed.map((item) => [
        item.code,
        item.device_code,
        category(item),
        at(item.captured_at),
        at(item.leaves_at),
        at(item.erased_at),
      ]),
    },
    { kind: 'heading', text: 'Huellas' },
    ...destroyed.map(
      (item): PdfBlock => ({
        kind: 'hash',
        label: `${item.code} · ${item.recording} · manifiesto (SHA-256)`,
        value: item.manifest_sha256 ?? 'sin manifiesto',
      }),
    ),
    ...(left.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Quedaron fuera del lote' } as const,
          {
            kind: 'table',
            columns: [
              { title: 'Grabación', share: 1 },
              { title: 'Por qué', share: 3 },
            ],
            rows: left.map((item) => [item.code, whyLeft(item.reason ?? '')]),
          } as const,
        ]),
    { kind: 'heading', text: 'Base legal' },
    {
      kind: 'paragraph',
      text: 'DS 007-2020-IN, art. 17.2.b y c (plazo mínimo y conservación mayor); Ley 29733, arts. 20 y 28.7 (supresión cuando deja de ser necesaria); TUO Ley 27806, art. 21 (la eliminación sigue las reglas de archivo, según la tabla nombrada arriba).',
    },
    {
      kind: 'signatures',
      signers: [
        { label: 'Revisó', value: batch.reviewed_name ?? '' },
        { label: 'Aprobó', value: batch.approved_name ?? '' },
      ],
    },
  ]
}

function opening(count: number): string {
  return count === 1
    ? 'se eliminó una grabación que cumplió su plazo de conservación y a la que ningún trámite, retención ni caso retenía.'
    : `se eliminaron ${count} grabaciones que cumplieron su plazo de conservación y a las que ningún trámite, retención ni caso retenía.`
}

const kinds: Readonly<Record<string, string>> = {
  hold: 'retención',
  case: 'caso',
  complaint: 'queja',
  request: 'pedido',
  appeal: 'apelación',
}

/** What held it back (`case: C-2026-0001`), what a person wrote, or the code of a rule. */
function whyLeft(reason: string): string {
  const [kind = '', ...rest] = reason.split(': ')
  const word = kinds[kind]
  return word === undefined
    ? reason === 'retention.not-due'
      ? 'todavía no cumplía su plazo'
      : reason
    : `${word}: ${rest.join(': ')}`
}
