/** The installation's trust file: which keys speak for it. Whoever verifies should have it from somewhere else. */
import type { Trust } from '@sereno/proof'
import { Unavailable } from '../../kernel/errors.ts'
import type { EvidenceDeps } from './deps.ts'
import { publicKeyOf } from './translate.ts'

/** Throws Unavailable before set-up. */
export async function trustOf(deps: EvidenceDeps): Promise<Trust> {
  const municipality = deps.identity.municipality()
  if (municipality === null) {
    throw new Unavailable('installation')
  }
  const keys = await deps.signer.publicKeys()
  return {
    format: 1,
    installation: deps.config.installation,
    municipality: municipality.id,
    name: municipality.name,
    demonstration: deps.config.demonstration,
    madeAtMs: deps.clock.nowMs(),
    ...(await deps.ledger.trusted()),
    manifestKeys: [publicKeyOf(keys.manifest), publicKeyOf(keys.manifestMlDsa)],
    packageKeys: [publicKeyOf(keys.package)],
    receiptKeys: [publicKeyOf(keys.receipt)],
    promiseKeys: [publicKeyOf(keys.promise)],
  }
}
