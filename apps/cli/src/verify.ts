import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { crc32 } from 'node:zlib'
import { type IncrementalHash, parseTrust, type Trust, type Verification, verifyPackage } from '@sereno/proof'
import { dateAndTime, type Language, verificationLines, verificationWords } from '@sereno/text'
import { checkTimestamp } from '@sereno/timestamp'
import { openFile } from './file-source.ts'
import { quietExperimental } from './quiet-warnings.ts'
import { verifyExport } from './verify-completeness.ts'
import { verifyClip } from './verify-derivative.ts'

/** `sereno verify FILE [LINEAGE]`: the exit code is the result (0 to 3), 64 a wrong call, 66 a file that cannot be read. */
export async function verify(args: readonly string[]): Promise<number> {
  quietExperimental()
  let call: {
    readonly file: string
    readonly lineage: string | null
    readonly trust: string | null
    readonly json: boolean
    readonly completeness: boolean
    readonly language: Language
  }
  try {
    call = readCall(args)
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}\nsereno verify FILE [LINEAGE] [--trust FILE] [--json] [--en]`,
    )
    return 64
  }
  try {
    const trust = call.trust === null ? null : await readTrust(call.trust)
    if (call.completeness) {
      return await verifyExport(call, trust)
    }
    if (call.lineage !== null) {
      return await verifyClip({ ...call, lineage: call.lineage }, trust, nativeSha256)
    }
    const { source, close } = await openFile(call.file)
    try {
      const verification = await verifyPackage(source, {
        ...(trust ? { trust } : {}),
        crc32: (bytes, value) => crc32(bytes, value),
        sha256: nativeSha256,
        checkTimestamp,
        nowMs: Date.now(),
        onProgress: progress(call.json),
      })
      console.log(call.json ? JSON.stringify(verification, null, 2) : told(verification, call.language))
      return verification.exitCode
    } finally {
      await close()
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return 66
  }
}

function nativeSha256(): IncrementalHash {
  const digest = createHash('sha256')
  return { update: (bytes) => void digest.update(bytes), digest: () => digest.digest('hex') }
}

function readCall(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      trust: { type: 'string' },
      json: { type: 'boolean', default: false },
      en: { type: 'boolean', default: false },
      completeness: { type: 'boolean', default: false },
    },
  })
  const [file, lineage] = positionals
  if (file === undefined || positionals.length > (values.completeness ? 1 : 2)) {
    throw new Error('Name one package, or a clip and its lineage.')
  }
  return {
    file,
    lineage: lineage ?? null,
    trust: values.trust ?? null,
    json: values.json,
    completeness: values.completeness,
    language: values.en ? ('en' as const) : ('es' as const),
  }
}

async function readTrust(path: string): Promise<Trust> {
  const parsed = parseTrust(new Uint8Array(await readFile(path)))
  if (!parsed.ok) {
    throw new Error(`${path} is not a trust file.`)
  }
  return parsed.value
}

function told({ result, simulated, checks, facts }: Verification, language: Language): string {
  const words = verificationWords(language)
  const lines = verificationLines(language, checks).flatMap(({ title, statusWord, notes }) => [
    `  ${statusWord.padEnd(14)} ${title}`,
    ...notes.map((note) => `                 ${note}`),
  ])
  const about =
    facts === null
      ? []
      : [
          `${facts.manifest.recording}`,
          ...(facts.startedAtMs === null || facts.endedAtMs === null
            ? []
            : [
                `${dateAndTime(facts.startedAtMs, 'America/Lima', language)} – ${dateAndTime(facts.endedAtMs, 'America/Lima', language)} (America/Lima)`,
              ]),
        ]
  return [
    ...(simulated ? [words.simulated, ''] : []),
    ...about,
    ...(about.length > 0 ? [''] : []),
    ...lines,
    '',
    `${words.results[result].title.toUpperCase()}. ${words.results[result].next}`,
  ].join('\n')
}

/** A line that says how far it is, on a terminal only. */
function progress(quiet: boolean): (doneBytes: number, totalBytes: number) => void {
  let shown = -1
  return (doneBytes, totalBytes) => {
    const percent = Math.floor((doneBytes / Math.max(1, totalBytes)) * 100)
    if (!quiet && process.stderr.isTTY && percent !== shown) {
      shown = percent
      process.stderr.write(percent === 100 ? '\r          \r' : `\r${percent} %`)
    }
  }
}
