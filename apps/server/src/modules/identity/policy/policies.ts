import { readFileSync } from 'node:fs'
import { policySetTextToParts, policyToJson, preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs'
import { type RefusalCode, refusals } from '@sereno/contracts'

/** The policies in force, in the order in which they are named when several of them decide. */
export type PolicySet = {
  /** Under which Cedar keeps the parsed set. */
  readonly id: string
  readonly order: readonly string[]
  /** What a refusal by the policy is answered with. */
  readonly codes: ReadonlyMap<string, RefusalCode>
}

const files = [
  'footage.cedar',
  'cases.cedar',
  'retention.cedar',
  'completeness.cedar',
  'oversight.cedar',
  'duties.cedar',
]
const setId = 'sereno'

/**
 * Parses the policies once for the process. Throws on a policy that does not parse, has no `@id`, or shares one; on a
 * `forbid` without a `@code` of the closed list.
 */
export function loadPolicies(): PolicySet {
  const policies: Record<string, string> = {}
  const codes = new Map<string, RefusalCode>()
  for (const file of files) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    const parts = policySetTextToParts(text)
    if (parts.type === 'failure') {
      throw new Error(`${file}: ${parts.errors.map(({ message }) => message).join('; ')}`)
    }
    const named = new Map<string, string>()
    for (const policy of parts.policies) {
      const parsed = policyToJson(policy)
      const id = parsed.type === 'success' ? parsed.json.annotations?.id : undefined
      if (parsed.type === 'failure' || id === undefined || named.has(id) || id in policies) {
        throw new Error(`${file}: a policy without a name of its own: ${policy.slice(0, 80)}`)
      }
      if (parsed.json.effect === 'forbid') {
        codes.set(id, refusalCode(parsed.json.annotations?.code))
      }
      named.set(id, policy)
    }
    // Cedar hands the parts back in an order of its own; ours is the file's.
    const place = (id: string) => text.indexOf(`@id("${id}")`)
    for (const [id, policy] of [...named].sort(([left], [right]) => place(left) - place(right))) {
      policies[id] = policy
    }
  }
  const prepared = preparsePolicySet(setId, { staticPolicies: policies })
  if (prepared.type === 'failure') {
    throw new Error(`policies: ${prepared.errors.map(({ message }) => message).join('; ')}`)
  }
  return { id: setId, order: Object.keys(policies), codes }
}

function refusalCode(text: string | undefined): RefusalCode {
  if (text === undefined || !Object.hasOwn(refusals, text)) {
    throw new Error(`a forbidding policy without a code of the closed list: ${text}`)
  }
  return text as RefusalCode
}
