/** The page behind a camera's QR: its enrolment entry, as the public log holds it. No script, no account. */
import { type CustodyProof, encodeLeaf, leafHash, toHex } from '@sereno/proof'
import { dateAndTime } from '@sereno/text'

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`)

export type OpenDevice = {
  readonly code: string
  readonly kind: string
  readonly municipality: string
  readonly timeZone: string
  readonly entry: CustodyProof
  readonly checkpoint: string
  readonly json: string
}

const kinds: Readonly<Record<string, string>> = {
  phone: 'teléfono',
  'body-camera': 'cámara corporal',
  'fixed-camera': 'cámara fija',
  drone: 'dron',
  dock: 'estación de descarga',
}

export async function openDevicePage(device: OpenDevice): Promise<string> {
  const field = (name: string): string => device.entry.openings.find((one) => one.name === name)?.value ?? '—'
  const rows: readonly (readonly [string, string])[] = [
    ['Equipo', device.code],
    ['Clase', kinds[device.kind] ?? device.kind],
    ['Municipalidad', device.municipality],
    ['Dado de alta', dateAndTime(Number(field('at')), device.timeZone, 'es')],
    ['Llave', field('keyId')],
    ['Llave número', field('keyEpoch')],
    ['Simulado', field('simulated') === 'true' ? 'sí: no graba a nadie' : 'no'],
    ['Entrada del libro', String(device.entry.index)],
    ['Huella de la entrada', toHex(await leafHash(encodeLeaf(device.entry.leaf)))],
  ]
  const table = rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
  const path = device.entry.proof.map((step) => `<li><code>${escaped(step)}</code></li>`)
  return `<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(device.code)} · alta en el libro público</title>
<style>:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:44rem;margin:2rem auto;padding:0 1rem}
th{text-align:start;padding:.25rem 1rem .25rem 0;vertical-align:top;font-weight:600}td,code{overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere}table{border-collapse:collapse}</style></head><body><main>
<h1>${escaped(device.code)}</h1>
<p>Este equipo figura en el libro público. Lo que graba se numera sin saltos: <a href="/open/completeness.json">el
archivo de integridad</a> dice dónde está cada número, y cualquiera lo comprueba.</p>
<table>${table.join('')}</table>
<h2>Prueba de inclusión</h2><ol>${path.join('')}</ol>
<h2>Punto de control firmado</h2><pre>${escaped(device.checkpoint)}</pre>
<p><a href="${escaped(device.json)}">Lo mismo para programas (JSON)</a> · <a href="/log/checkpoint">El punto de control
más nuevo</a></p></main></body></html>
`
}
