/**
 * Where other people's bytes are parsed: a child process without network, keys or files of ours, under an account of its
 * own, with an end to its memory and time. Which means is there is found out once, by trying it:
 *
 * - `bubblewrap`: own namespaces of everything, a read-only system, one writable folder.
 * - `unshare` (root, or user namespaces): own network namespace, with `setpriv` and `prlimit`.
 * - `prlimit`: limits alone, where a kernel or a container forbids namespaces. SECURITY.md says what that leaves open.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { isRoot } from '../../kernel/accounts.ts'

export type SandboxKind = 'bubblewrap' | 'unshare' | 'prlimit' | 'none'
export type MediaTools = { readonly sandbox: SandboxKind; readonly ffmpeg: string | null }

/** The account of nobody (Debian, Ubuntu): owns nothing. */
export const nobody = { uid: 65_534, gid: 65_534 } as const

let known: MediaTools | null = null

export function mediaTools(): MediaTools {
  known ??= { sandbox: findSandbox(), ffmpeg: runs('ffmpeg', ['-version']) ? 'ffmpeg' : null }
  return known
}

export type Limits = {
  readonly memoryBytes: number
  readonly cpuSeconds: number
  readonly fileBytes: number
  /** The one folder it may write to; null: none. */
  readonly folder: string | null
  /** It drops its account by itself, after loading its code (our own readers); otherwise it is dropped for it. */
  readonly dropsItself: boolean
}

/** Starts a command in the sandbox; its environment is empty but for a path. */
export function spawnSandboxed(
  kind: SandboxKind,
  command: readonly string[],
  limits: Limits,
  stdio: 'pipe' | 'ignore',
): ChildProcess {
  const [program = '', ...args] = [...limitsOf(kind, limits), ...wrapperOf(kind, limits), ...command]
  return spawn(program, args, {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    cwd: limits.folder ?? '/',
    stdio: [stdio, 'pipe', 'pipe'],
  })
}

function limitsOf(kind: SandboxKind, limits: Limits): readonly string[] {
  return kind === 'none'
    ? []
    : [
        'prlimit',
        // Of private memory: an address space limit would refuse the large reservations of a JavaScript engine.
        `--data=${limits.memoryBytes}`,
        `--cpu=${limits.cpuSeconds}`,
        `--fsize=${limits.fileBytes}`,
        '--core=0',
        '--nofile=64',
        '--',
      ]
}

function wrapperOf(kind: SandboxKind, limits: Limits): readonly string[] {
  const { uid, gid } = nobody
  const drop =
    limits.dropsItself || !isRoot() ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--bounding-set=-all']
  const setpriv = ['setpriv', ...drop, '--no-new-privs', '--']
  switch (kind) {
    case 'bubblewrap':
      return [
        'bwrap',
        '--unshare-all',
        '--die-with-parent',
        '--new-session',
        ...['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'],
        ...(limits.folder === null ? [] : ['--bind', limits.folder, limits.folder, '--chdir', limits.folder]),
        '--',
        ...setpriv,
      ]
    case 'unshare':
      return ['unshare', ...(isRoot() ? ['--net', '--ipc', '--uts'] : ['--map-root-user', '--net']), '--', ...setpriv]
    case 'prlimit':
      return setpriv
    case 'none':
      return []
  }
}

function findSandbox(): SandboxKind {
  const limits: Limits = {
    memoryBytes: 512 * 1024 * 1024,
    cpuSeconds: 5,
    fileBytes: 1024,
    folder: null,
    dropsItself: false,
  }
  const works = (kind: SandboxKind): boolean => {
    const [program = '', ...args] = [...limitsOf(kind, limits), ...wrapperOf(kind, limits), 'true']
    return runs(program, args)
  }
  return (['bubblewrap', 'unshare', 'prlimit'] as const).find(works) ?? 'none'
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, [...args], { stdio: 'ignore', timeout: 10_000 }).status === 0
}
