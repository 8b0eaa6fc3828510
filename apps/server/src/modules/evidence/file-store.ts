/** What evidence offers intake: blocks in, whole recordings in, bytes out. */
import { fileBlockBytes } from '@sereno/proof'
import { Refusal } from '../../kernel/errors.ts'
import type { EvidenceDeps } from './deps.ts'
import type { EvidenceFiles } from './door.ts'
import { fileBlockKey } from './evidence.ts'
import { attribute, fileByHash, filesOf, keepFiles, readFileRange } from './files.ts'

export function createFiles(deps: EvidenceDeps): EvidenceFiles {
  const db = deps.database.db

  return {
    async store(recording, place, bytes) {
      const dataKey = await deps.signer.createDataKey(recording)
      await deps.blobs.putStated(fileBlockKey({ ...place, recording }), bytes, dataKey, place.sha256)
    },
    size: (recording, place) => deps.blobs.size(fileBlockKey({ ...place, recording })),
    keep: (tx, made) => keepFiles(deps, tx, made),
    of: (scope, recording) => filesOf(db, scope, recording),
    byHash: (scope, sha256) => fileByHash(db, scope, sha256),
    async *read(file, range) {
      const dataKey = await deps.signer.dataKey(file.recording)
      if (dataKey === null) {
        throw new Refusal('recording.destroyed')
      }
      const { start, end } = range ?? { start: 0, end: file.size_bytes }
      yield* readFileRange(deps, file, dataKey, { start, end, blockBytes: fileBlockBytes })
    },
    attribute: (tx, scope, recording, to) => attribute(deps, tx, scope, recording, to),
  }
}
