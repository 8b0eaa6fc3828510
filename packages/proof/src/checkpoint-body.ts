import { fromBase64, toBase64 } from './bytes.ts'
import { accept, type Result, refuse } from './result.ts'

/** C2SP tlog-checkpoint. Our logs have a UUID as origin, and no extension lines. */
export type Checkpoint = {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  readonly extensions: readonly string[]
}

/** The text that is signed. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('')
}

export function parseCheckpoint(text: string): Result<Checkpoint, 'malformed-checkpoint'> {
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : []
  const size = Number(sizeText)
  const root = fromBase64(rootText)
  const isWhole = /^(?:0|[1-9][0-9]{0,15})$/.test(sizeText) && Number.isSafeInteger(size)
  if (origin === '' || !isWhole || root?.length !== 32 || extensions.includes('')) {
    return refuse('malformed-checkpoint')
  }
  return accept({ origin, size, root, extensions })
}
