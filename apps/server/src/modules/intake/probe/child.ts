/**
 * The sandboxed reader: `node child.ts SIZE [UID GID]`. It loads its code, gives up its account, and only then reads a byte of
 * the file. It has no file, no key and no network: bytes come from its parent, piece by piece, over standard input.
 *
 * Out: JSON lines, `{"read":[offset,length]}` or `{"facts":…}`, of which the last one counts. In: u32be length ‖ bytes for each read.
 */
import { readGpmf } from './gpmf.ts'
import { readFacts } from './read-facts.ts'

const [size = '0', uid, gid] = process.argv.slice(2)
if (uid !== undefined && gid !== undefined) {
  process.setgroups?.([])
  process.setgid?.(Number(gid))
  process.setuid?.(Number(uid))
}

let held: Buffer = Buffer.alloc(0)
let waiting: ((bytes: Uint8Array) => void) | null = null
process.stdin.on('data', (piece: Buffer) => {
  held = held.length === 0 ? piece : Buffer.concat([held, piece])
  if (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const bytes = held.subarray(4, 4 + held.readUInt32BE(0))
    held = Buffer.alloc(0)
    waiting?.(bytes)
  }
})
process.stdin.on('end', () => process.exit(3))

function read(offset: number, lengthBytes: number): Promise<Uint8Array> {
  process.stdout.write(`${JSON.stringify({ read: [offset, lengthBytes] })}\n`)
  return new Promise((resolve) => {
    waiting = resolve
  })
}

// Small reads one after the other come from one piece.
const pieceBytes = 256 * 1024
let piece: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array() }
const sizeBytes = Number(size)
const facts = await readFacts(
  {
    sizeBytes,
    async read(offset, lengthBytes) {
      const length = Math.max(0, Math.min(lengthBytes, sizeBytes - offset))
      if (length >= pieceBytes) {
        return read(offset, length)
      }
      if (offset < piece.start || offset + length > piece.start + piece.bytes.length) {
        piece = { start: offset, bytes: await read(offset, Math.min(pieceBytes, sizeBytes - offset)) }
      }
      return piece.bytes.subarray(offset - piece.start, offset - piece.start + length)
    },
  },
  readGpmf,
  (known) => process.stdout.write(`${JSON.stringify({ facts: known })}\n`),
)
process.stdout.write(`${JSON.stringify({ facts })}\n`, () => process.exit(0))
