import { readFile } from 'node:fs/promises'
import { type DerivativeVerification, type IncrementalHash, type Trust, verifyDerivative } from '@sereno/proof'
import { type Language, verificationLines, verificationWords } from '@sereno/text'
import { openFile } from './file-source.ts'

/** `sereno verify CLIP LINEAGE`: a clip or a still by its signed lineage. Exit codes as for packages. */
export async function verifyClip(
  call: { readonly file: string; readonly lineage: string; readonly json: boolean; readonly language: Language },
  trust: Trust | null,
  sha256: () => IncrementalHash,
): Promise<number> {
  const lineage = new Uint8Array(await readFile(call.lineage))
  const { source, close } = await openFile(call.file)
  try {
    const verified = await verifyDerivative(source, lineage, { ...(trust === null ? {} : { trust }), sha256 })
    console.log(call.json ? JSON.stringify(verified, null, 2) : told(verified, call.language))
    return verified.exitCode
  } finally {
    await close()
  }
}

function told({ result, checks, lineage }: DerivativeVerification, language: Language): string {
  const { results, derivative } = verificationWords(language)
  const lines = verificationLines(language, checks).flatMap(({ title, statusWord, notes }) => [
    `  ${statusWord.padEnd(14)} ${title}`,
    ...notes.map((note) => `                 ${note}`),
  ])
  const { title, next } = result === 'not-a-derivative' ? derivative[result] : results[result]
  const said = result === 'holds' || result === 'fails' ? derivative[result] : next
  return [...(lineage === null ? [] : [lineage.recording, '']), ...lines, '', `${title.toUpperCase()}. ${said}`].join(
    '\n',
  )
}
