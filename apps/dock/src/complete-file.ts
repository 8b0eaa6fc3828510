/**
 * When a file is finished: its size and time of change are the same as a while ago, nobody has it open, and its container
 * has its end. A file whose container never gets an end is taken all the same once it has been left alone for long: what a
 * power cut left is evidence too.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'

export type Found = { readonly path: string; readonly size: number; readonly mtime: number }

/** Left by systems, not by cameras. */
const neverTaken = /^(\.|~|thumbs\.db$|desktop\.ini$)|\.(tmp|part|partial|crdownload|thm|ctg|sqlite|lock)$/i

/** Regular files below a folder, or the file itself. A folder that goes away while it is read yields what was seen. */
export function filesBelow(root: string): readonly Found[] {
  const found: Found[] = []
  const visit = (name: string, depth: number): void => {
    try {
      const stats = statSync(name)
      if (stats.isFile()) {
        found.push({ path: name, size: stats.size, mtime: Math.round(stats.mtimeMs) })
      } else if (stats.isDirectory() && depth < 24) {
        for (const child of readdirSync(name).sort()) {
          if (!neverTaken.test(child)) {
            visit(path.join(name, child), depth + 1)
          }
        }
      }
    } catch {
      // unplugged, or gone since it was listed
    }
  }
  visit(path.resolve(root), 0)
  return found
}

/** Paths that a process of this machine has open for writing, as far as this account may see (Linux). */
export function openForWriting(): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const process of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of list(`/proc/${process}/fd`)) {
      try {
        const flags = Number.parseInt(
          /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/${process}/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0',
          8,
        )
        // O_WRONLY or O_RDWR
        if ((flags & 3) !== 0) {
          paths.add(readlinkSync(`/proc/${process}/fd/${descriptor}`))
        }
      } catch {
        // closed meanwhile
      }
    }
  }
  return paths
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Whether the container has its end: false for MP4 cut before its movie box or in mid-box, AVI or transport stream cut short. */
export async function hasEnd(file: string): Promise<boolean> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const head = await readAt(handle, 0, 16)
    const type = head.toString('latin1', 4, 8)
    if (['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'styp'].includes(type)) {
      return await boxesEnd(handle, size)
    }
    if (head.toString('latin1', 0, 4) === 'RIFF') {
      return size >= head.readUInt32LE(4) + 8
    }
    if (head[0] === 0x47 || head[4] === 0x47) {
      return size % (head[0] === 0x47 ? 188 : 192) === 0
    }
    return true
  } finally {
    await handle.close()
  }
}

async function boxesEnd(handle: FileHandle, size: number): Promise<boolean> {
  let movie = false
  for (let at = 0, count = 0; at < size && count < 100_000; count += 1) {
    const head = await readAt(handle, at, 16)
    if (head.length < 8) {
      return false
    }
    const short = head.readUInt32BE(0)
    const length = short === 1 && head.length >= 16 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short
    movie ||= ['moov', 'moof'].includes(head.toString('latin1', 4, 8))
    if (length < 8) {
      return false
    }
    at += length
    if (at > size) {
      return false
    }
  }
  return movie
}

async function readAt(handle: FileHandle, position: number, lengthBytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(lengthBytes)
  const { bytesRead } = await handle.read(buffer, 0, lengthBytes, position)
  return buffer.subarray(0, bytesRead)
}
