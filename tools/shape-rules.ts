import type { ICruiseOptions } from 'dependency-cruiser'

// "Down by import, up by event, sideways never." Rules are written without `^` so that the canary's paths match too.
const modules = [
  'ledger',
  'identity',
  'territory',
  'fleet',
  'tracks',
  'evidence',
  'intake',
  'live',
  'incidents',
  'cases',
  'retention',
  'completeness',
  'residents',
  'oversight',
  'insight',
  'transparency',
]
type End = { readonly path?: string; readonly pathNot?: string | string[] } & Readonly<Record<string, unknown>>

const inModules = (names: readonly string[]) => `apps/server/src/modules/(${names.join('|')})/`
const rule = (name: string, from: End, to: End) => ({ name, severity: 'error' as const, from, to })
const tests = '(\\.test\\.tsx?$|\\.test-kit\\.ts$|apps/server/src/test-kit/)'
const product = { path: 'packages/', pathNot: tests }

export const forbidden = [
  ...modules
    .slice(0, -1)
    .map((name, i) =>
      rule(
        `${name}-imports-only-left`,
        { path: inModules([name]), pathNot: tests },
        { path: inModules(modules.slice(i + 1)) },
      ),
    ),
  rule(
    'modules-only-through-index',
    { path: 'apps/server/src/modules/([^/]+)/', pathNot: tests },
    {
      path: 'apps/server/src/modules/[^/]+/',
      pathNot: ['apps/server/src/modules/$1/', 'apps/server/src/modules/[^/]+/index\\.ts$'],
    },
  ),
  rule(
    'server-enters-modules-through-index',
    { path: 'apps/server/src/(app|check|main|commands/[^/]+|demonstration[^/]*)\\.ts$' },
    { path: 'apps/server/src/modules/[^/]+/', pathNot: 'apps/server/src/modules/[^/]+/index\\.ts$' },
  ),
  rule(
    'kernel-knows-no-module',
    { path: 'apps/server/src/kernel/', pathNot: tests },
    { path: 'apps/server/src/(modules/|app\\.ts)' },
  ),
  rule(
    'signer-is-alone',
    { path: 'apps/server/src/signer/', pathNot: tests },
    { path: 'apps/server/src/(modules/|kernel/|app\\.ts)' },
  ),
  rule('packages-import-no-app', { path: 'packages/' }, { path: 'apps/' }),
  rule('packages-use-no-node', product, { dependencyTypes: ['core'] }),
  rule('proof-imports-only-itself', { ...product, path: 'packages/proof/' }, { pathNot: 'packages/proof/' }),
  rule('web-never-imports-server', { path: 'apps/(control-room|bodycam|verifier|public)/' }, { path: 'apps/server/' }),
  rule(
    'apps-do-not-import-each-other',
    { path: 'apps/([^/]+)/', pathNot: tests },
    { path: 'apps/[^/]+/', pathNot: 'apps/$1/' },
  ),
  rule('no-cycles', {}, { circular: true }),
  rule('resolvable', { pathNot: '\\.module\\.css$' }, { couldNotResolve: true, pathNot: '(\\.css$|\\?(worker|url))' }),
]

export const cruising: ICruiseOptions = {
  parser: 'swc',
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '(^|/)(dist|node_modules/\\.vite)/' },
  tsPreCompilationDeps: true,
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default', 'types'],
    extensions: ['.ts', '.tsx', '.mjs', '.js'],
  },
}
