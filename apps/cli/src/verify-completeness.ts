import { readFile } from 'node:fs/promises'
import { type CompletenessFinding, type CompletenessVerification, type Trust, verifyCompleteness } from '@sereno/proof'
import { dateAndTime, type Language, number } from '@sereno/text'

type Call = { readonly file: string; readonly json: boolean; readonly language: Language }

/** `sereno verify --completeness FILE`: the exit code is the result (0 holds, 1 fails, 2 not an export, 3 no trust file). */
export async function verifyExport(call: Call, trust: Trust | null): Promise<number> {
  const verification = await verifyCompleteness(new Uint8Array(await readFile(call.file)), trust ?? undefined)
  const { body, ...rest } = verification
  console.log(call.json ? JSON.stringify(rest, null, 2) : completenessLines(verification, call.language).join('\n'))
  return verification.exitCode
}

/** One line for each finding, and a last one that says what it amounts to. */
export function completenessLines(verification: CompletenessVerification, language: Language): readonly string[] {
  const words = language === 'es' ? es : en
  const { body, findings, result, counted, checkpointSize } = verification
  const about =
    body === null
      ? []
      : [
          words.about(
            dateAndTime(body.madeAtMs, 'America/Lima', language),
            number(body.devices.length, language),
            number(counted, language),
            number(checkpointSize, language),
          ),
          '',
        ]
  return [
    ...about,
    ...findings.map((finding) => `  ${sentence(finding, words)}`),
    ...(findings.length > 0 ? [''] : []),
    words.results[result],
  ]
}

function sentence(finding: CompletenessFinding, words: typeof es): string {
  if (finding.code === 'missing') {
    const { device, first, last } = finding
    return first === last ? words.missing(device, first) : words.missingRange(device, first, last)
  }
  return words.findings[finding.code]('device' in finding ? finding.device : '', finding.detail)
}

const es = {
  about: (made: string, devices: string, counted: string, size: string) =>
    `Hecho el ${made} (America/Lima): ${devices} equipos, ${counted} números contados, libro de ${size} entradas`,
  missing: (device: string, sequence: number) => `equipo ${device}: falta la secuencia ${sequence}`,
  missingRange: (device: string, first: number, last: number) =>
    `equipo ${device}: faltan las secuencias ${first} a ${last}`,
  findings: {
    'enrolment-unproved': (device: string, _detail: string) => `equipo ${device}: su alta no está en el libro`,
    'head-unproved': (device: string, detail: string) =>
      `equipo ${device}: su número diario (entrada ${detail}) no está en el libro`,
    'head-went-back': (device: string, detail: string) => `equipo ${device}: su numeración retrocede (${detail})`,
    'explanation-unproved': (device: string, detail: string) =>
      `equipo ${device}: la explicación de ${detail} no está en el libro`,
    'destruction-unproved': (device: string, detail: string) =>
      `equipo ${device}: la destrucción de la grabación ${detail} no tiene constancia`,
    signature: (_device: string, _detail: string) => 'la firma no es de quien dice el archivo de confianza',
    checkpoint: (_device: string, _detail: string) => 'el punto de control no vale según el archivo de confianza',
    'heads-differ': (_device: string, _detail: string) =>
      'los números diarios no son los que el libro reunió: se dejó fuera un equipo o un día',
    'heads-old': (_device: string, detail: string) => `el último resumen diario es del ${detail}: falta lo posterior`,
    'municipality-differs': (_device: string, detail: string) => `es de otro municipio (${detail})`,
    'repeated-device': (_device: string, _detail: string) => 'un equipo aparece dos veces',
  },
  results: {
    holds: 'COMPLETO. Cada número hasta el último probado está en una grabación, una destrucción o un hueco explicado.',
    fails: 'NO ESTÁ COMPLETO. Pida cuentas por cada línea de arriba.',
    'not-an-export': 'Esto no es un archivo de integridad (sereno-completeness-v1).',
    'not-established': 'COHERENTE, pero sin archivo de confianza no se sabe quién lo firmó. Repita con --trust.',
  },
}

const en: typeof es = {
  about: (made, devices, counted, size) =>
    `Made on ${made} (America/Lima): ${devices} devices, ${counted} numbers counted, log of ${size} entries`,
  missing: (device, sequence) => `device ${device}, sequence ${sequence} is missing`,
  missingRange: (device, first, last) => `device ${device}, sequences ${first} to ${last} are missing`,
  findings: {
    'enrolment-unproved': (device) => `device ${device}: its enrolment is not in the log`,
    'head-unproved': (device, detail) => `device ${device}: its daily number (entry ${detail}) is not in the log`,
    'head-went-back': (device, detail) => `device ${device}: its numbers go back (${detail})`,
    'explanation-unproved': (device, detail) => `device ${device}: the explanation of ${detail} is not in the log`,
    'destruction-unproved': (device, detail) => `device ${device}: no record of the destruction of recording ${detail}`,
    signature: () => 'the signature is not by whom the trust file names',
    checkpoint: () => 'the checkpoint does not hold by the trust file',
    'heads-differ': () => 'the daily numbers are not those that the log gathered: a device or a day was left out',
    'heads-old': (_device, detail) => `the last daily summary is of ${detail}: what came after is left out`,
    'municipality-differs': (_device, detail) => `it is of another municipality (${detail})`,
    'repeated-device': () => 'a device appears twice',
  },
  results: {
    holds: 'COMPLETE. Each number up to the last proven one is in a recording, a destruction or an explained gap.',
    fails: 'NOT COMPLETE. Ask for an account of each line above.',
    'not-an-export': 'This is not a completeness export (sereno-completeness-v1).',
    'not-established': 'CONSISTENT, but without a trust file nobody knows who signed it. Repeat with --trust.',
  },
}
