import {
  fileBlockCount,
  fileBlockName,
  fileBlockSize,
  fileBlocksRoot,
  type IncrementalHash,
} from '../file-recording.ts'
import type { KnownStatement } from '../recording.ts'
import type { Members } from './members.ts'
import type { Report } from './report.ts'

/** Every block of a stated file: size and hash of each, their root, and the whole file's hash. */
export async function checkFile(
  members: Members,
  report: Report,
  { statement }: KnownStatement,
  hasher: () => IncrementalHash,
): Promise<void> {
  if (statement.kind !== 'file') {
    return
  }
  const { sequence, file } = statement.body
  const whole = hasher()
  const hashes: string[] = []
  for (let block = 0; block < fileBlockCount(file.sizeBytes); block += 1) {
    const name = fileBlockName(sequence, block)
    const about = { segment: sequence, detail: { member: name } }
    const member = await members.read(name)
    if (member === null) {
      report.failed('segment-hash', 'member-missing', about)
      return
    }
    if (member.bytes.length !== fileBlockSize(file.sizeBytes, block)) {
      report.failed('segment-hash', 'altered', about)
      return
    }
    whole.update(member.bytes)
    hashes.push(member.sha256)
  }
  const about = { segment: sequence, detail: { member: file.name, sizeBytes: file.sizeBytes } }
  if (whole.digest() !== file.sha256 || (await fileBlocksRoot(hashes)) !== file.blocks) {
    report.failed('segment-hash', 'altered', about)
  } else {
    report.passed('segment-hash', about)
  }
}
