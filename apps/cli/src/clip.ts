import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parseTrust, type Trust, verifyClip } from '@sereno/proof'

const exitCodes = { holds: 0, fails: 1, 'not-a-clip': 2, unestablished: 3 } as const
const words = {
  holds: 'El clip es la parte de la grabación que su procedencia dice.',
  fails: 'El clip NO es lo que su procedencia dice.',
  'not-a-clip': 'Ese archivo no es la procedencia de un clip.',
  unestablished: 'El clip concuerda con su procedencia; de quién es no se comprobó: falta --trust.',
} as const

/** `sereno clip FILE LINEAGE [--trust FILE]`: checks a clip against its signed lineage. Exit codes as for packages. */
export async function clip(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { trust: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const [file, lineageFile] = positionals
  if (file === undefined || lineageFile === undefined || positionals.length > 2) {
    console.error('Name the clip and its lineage: sereno clip FILE.mp4 FILE.json [--trust FILE]')
    return 64
  }
  const bytes = async (path: string): Promise<Uint8Array> => new Uint8Array(await readFile(path))
  const trust = values.trust === undefined ? null : await readTrust(await bytes(values.trust), values.trust)
  const verified = await verifyClip(await bytes(file), await bytes(lineageFile), trust)
  if (values.json) {
    console.log(JSON.stringify(verified))
  } else {
    const { lineage, checks, result } = verified
    const [first, last] = [lineage?.segments[0], lineage?.segments.at(-1)]
    const part =
      lineage === null || first === undefined || last === undefined
        ? []
        : [
            `Parte de la grabación ${lineage.recording}: segmentos ${first.sequence}–${last.sequence} de ${lineage.ofSequences}.`,
            `Manifiesto ${lineage.parentManifest}`,
          ]
    console.log(
      [...part, ...checks.map(({ name, status }) => `  ${status.padEnd(12)} ${name}`), words[result]].join('\n'),
    )
  }
  return exitCodes[verified.result]
}

async function readTrust(bytes: Uint8Array, path: string): Promise<Trust> {
  const parsed = parseTrust(bytes)
  if (!parsed.ok) {
    throw new Error(`${path} is not a trust file.`)
  }
  return parsed.value
}
