/** What a package's description for other tools (case-graph.ts) is made from. Pure. */
import type { Manifest } from '@sereno/proof'
import type { CaseFacts, CaseFile } from './case-graph.ts'
import type { Plan } from './package-plan.ts'
import type { StatementLine } from './store.ts'
import type { OriginalFileRow, RecordingRow } from './tables.ts'

export function caseFactsOf(
  row: RecordingRow,
  plan: Plan,
  manifest: Manifest,
  held: {
    readonly lines: readonly StatementLine[]
    readonly files: readonly OriginalFileRow[]
    readonly initBytes: number
  },
): CaseFacts {
  return {
    municipality: { id: row.municipality, name: plan.sheet.municipality },
    recording: { id: row.id, code: row.code, startedAt: row.started_at, endedAt: row.ended_at },
    device: { id: row.device, code: row.device_code, simulated: row.simulated },
    officer: manifest.officer,
    manifest: {
      sha256: plan.sheet.manifestSha256,
      sizeBytes: plan.manifest.length,
      sealedAt: manifest.sealedAtMs,
    },
    exporter: plan.sheet.exporter,
    purpose: plan.sheet.purpose,
    madeAt: plan.madeAtMs,
    entries: plan.sheet.entries,
    files: [...initFile(manifest, held.initBytes), ...held.lines.flatMap(segmentFile), ...held.files.map(wholeFile)],
  }
}

function initFile({ init }: Manifest, sizeBytes: number): readonly CaseFile[] {
  return init === null ? [] : [{ name: 'media/init.mp4', sha256: init, sizeBytes, mimeType: 'video/mp4' }]
}

function segmentFile(line: StatementLine): readonly CaseFile[] {
  if (line.kind !== 'media' || line.media_sha256 === null) {
    return []
  }
  const name = `media/${String(line.sequence).padStart(8, '0')}.m4s`
  return [{ name, sha256: line.media_sha256, sizeBytes: line.size_bytes, mimeType: 'video/iso.segment' }]
}

// As one file, whatever blocks it is packed in: what another tool will have before it once they are joined.
function wholeFile(file: OriginalFileRow): CaseFile {
  return { name: file.name, sha256: file.sha256, sizeBytes: file.size_bytes, mimeType: 'application/octet-stream' }
}
