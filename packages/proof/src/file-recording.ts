import { concatAll, fromHex, toHex, utf8 } from './bytes.ts'
import { sha256 } from './hash.ts'
import { type Check, hash, instantMs, integer, nullable, oneOf, shape, text } from './shape.ts'

/*
 * File recordings (evidence format, section 12): whole files of cameras that store and upload later. A `file` statement
 * stands for one file, whose bytes travel and are packed in fixed blocks.
 */

export const filePayloadType = 'application/vnd.sereno.file+json;v=1'

/** Every block but the last has exactly this many bytes. */
export const fileBlockBytes = 8 * 1024 * 1024
/** 800 GiB: what the members of one package can hold. */
export const maximumFileBlocks = 99_999

/** What came in: unchanged, named as it was. */
export type StatedFile = {
  /** The file's own name, without folders. */
  readonly name: string
  readonly sizeBytes: number
  /** SHA-256 of the whole file. */
  readonly sha256: string
  readonly blockBytes: typeof fileBlockBytes
  /** {@link fileBlocksRoot} of the blocks' hashes. */
  readonly blocks: string
}

/** Where it came from, as far as whoever took it in could see. */
export type FileSource = {
  /** A dock that reads folders, a person's browser, or a camera system that speaks the Axis protocol. */
  readonly kind: 'dock' | 'browser' | 'axis'
  /** SHA-256 of the path or object name it was read from. */
  readonly path: string | null
  /** When the source says it was last changed. */
  readonly modifiedMs: number | null
}

/** Members that a `file` statement adds to those of every statement. */
export type FileMembers = { readonly file: StatedFile; readonly source: FileSource }

const fileName = text(/^(?!\.{1,2}$)[^\p{Cc}/\\]{1,255}$/u)

export const fileMembers: { readonly [Name in keyof FileMembers]: Check<FileMembers[Name]> } = {
  file: shape<StatedFile>({
    name: fileName,
    sizeBytes: integer(0, fileBlockBytes * maximumFileBlocks),
    sha256: hash,
    blockBytes: oneOf(fileBlockBytes),
    blocks: hash,
  }),
  source: shape<FileSource>({
    kind: oneOf('dock', 'browser', 'axis'),
    path: nullable(hash),
    modifiedMs: nullable(instantMs),
  }),
}

/** How many blocks a file of this size has: an empty file has none. */
export function fileBlockCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / fileBlockBytes)
}

/** Bytes of one block of a file. */
export function fileBlockSize(sizeBytes: number, block: number): number {
  return Math.max(0, Math.min(fileBlockBytes, sizeBytes - block * fileBlockBytes))
}

/**
 * Commits to the blocks in order: SHA-256("sereno-blocks-v1" ‖ 00 ‖ hash of block 0 ‖ hash of block 1 ‖ …), hexadecimal.
 * Throws TypeError when a hash is not one.
 */
export async function fileBlocksRoot(hashes: readonly string[]): Promise<string> {
  const parts = hashes.map((each) => {
    const bytes = fromHex(each)
    if (bytes?.length !== 32) {
      throw new TypeError('a block has a SHA-256')
    }
    return bytes
  })
  return toHex(await sha256(concatAll([utf8('sereno-blocks-v1\0'), ...parts])))
}

/** Where a block of the file stated at `sequence` stands in a package. */
export function fileBlockName(sequence: number, block: number): string {
  return `files/${digits(sequence)}/${digits(block)}.block`
}

function digits(value: number): string {
  return String(value).padStart(8, '0')
}

/** SHA-256 piece by piece, for the whole of a file; `digest` is asked for once, and is hexadecimal. */
export type IncrementalHash = {
  readonly update: (bytes: Uint8Array) => void
  readonly digest: () => string
}
