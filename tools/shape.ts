/**
 * The dependency rule, and the proof that its checker sees: the same rules run over the repository (no violation
 * allowed) and over `tools/canary`, a tree with one deliberate violation per rule (every rule must fire). A floor on
 * the number of modules seen guards against a cruiser that silently reads nothing.
 */
import { join } from 'node:path'
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser'
import { cruising, forbidden } from './shape-rules.ts'

const floor = 600

type Seen = {
  readonly modules: number
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[]
}

async function look(baseDir: string): Promise<Seen> {
  const result = await cruise(['apps', 'packages'], {
    ...cruising,
    baseDir,
    validate: true,
    ruleSet: { forbidden } as IFlattenedRuleSet,
  })
  const output = result.output as ICruiseResult
  return {
    modules: output.modules.filter((module) => !module.source.includes('node_modules') && !module.coreModule).length,
    violations: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  }
}

/** The sentences of what is wrong; none when the house stands. */
export async function checkShape(
  root: string,
): Promise<{ readonly problems: readonly string[]; readonly seen: number }> {
  const house = await look(root)
  const canary = await look(join(root, 'tools/canary'))
  const fired = new Set(canary.violations.map((violation) => violation.rule))
  const problems = house.violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`)
  for (const { name } of forbidden) {
    if (!fired.has(name)) {
      problems.push(`the canary of rule ${name} was not caught: the check is blind`)
    }
  }
  if (house.modules < floor) {
    problems.push(`only ${house.modules} modules seen, at least ${floor} expected: is @swc/core installed?`)
  }
  return { problems, seen: house.modules }
}

if (import.meta.main) {
  const { problems, seen } = await checkShape(join(import.meta.dirname, '..'))
  for (const problem of problems) {
    console.error(problem)
  }
  console.log(`shape: ${seen} modules seen, ${problems.length} problems`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
