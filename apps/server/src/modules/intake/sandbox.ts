/**
 * Where other people's bytes are parsed: a child process without network, keys or files of ours, under an account of its
 * own, with an end to its memory and time. Which means is there is found out once, by trying it:
 *
 * - `bubblewrap`: own namespaces of everything; of the system it sees programs and libraries, and one writable folder.
 * - `bubblewrap-nobody` (root without the power to make namespaces, as under `deploy/sereno.service`): the account is given up
 *   first, and nobody's own user namespace holds the rest. No `/proc` in it: where the unit covers parts of the system's, the
 *   kernel lets nobody mount another.
 * - `unshare` (root, or user namespaces): own network, nothing under the data folder but its own folder, no capabilities.
 * - `prlimit`: limits alone, where a kernel or a container forbids namespaces. As root under the account nobody; otherwise
 *   under the server's own account, which may read the data folder: nothing is converted there (`mayConvert`).
 * - `none`: not even limits. Nothing is converted.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRoot } from '../../kernel/accounts.ts'

export type SandboxKind = 'bubblewrap' | 'bubblewrap-nobody' | 'unshare' | 'prlimit' | 'none'
/** `ffmpeg` is null where there is none, or where it would run with our own files before it. */
export type MediaTools = { readonly sandbox: SandboxKind; readonly ffmpeg: string | null }

/** The account of nobody (Debian, Ubuntu): owns nothing. */
export const nobody = { uid: 65_534, gid: 65_534 } as const

/** The repository: our own reader with the modules that it is made of. */
export const code = fileURLToPath(new URL('../../../../../', import.meta.url)).replace(/\/$/, '')

let known: MediaTools | null = null

export function mediaTools(): MediaTools {
  if (known === null) {
    const sandbox = findSandbox()
    known = { sandbox, ffmpeg: mayConvert(sandbox, isRoot()) && runs('ffmpeg', ['-version']) ? 'ffmpeg' : null }
  }
  return known
}

/** Whether a parser that somebody took over would find none of our files: only then is ffmpeg run at all. */
export function mayConvert(kind: SandboxKind, asRoot: boolean): boolean {
  return kind === 'bubblewrap' || kind === 'bubblewrap-nobody' || kind === 'unshare' || (kind === 'prlimit' && asRoot)
}

export type Limits = {
  readonly memoryBytes: number
  readonly cpuSeconds: number
  readonly fileBytes: number
  /** The one folder it may write to, absolute; null: none. */
  readonly folder: string | null
  /** The data folder, absolute: it sees nothing of it but `folder`, where the means allow. */
  readonly hidden: string
  /** What it reads besides the system's programs and libraries: its own code. */
  readonly reads: readonly string[]
  /** It drops its account by itself, after loading its code (our own readers); otherwise it is dropped for it. */
  readonly dropsItself: boolean
}

const plainEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LANG: 'C.UTF-8' }

/** Starts a command in the sandbox; its environment is empty but for a path. */
export function spawnSandboxed(
  kind: SandboxKind,
  command: readonly string[],
  given: Limits,
  stdio: 'pipe' | 'ignore',
): ChildProcess {
  // One is looked for inside the other: both without symbolic links.
  const folder = given.folder === null ? null : realpathSync(given.folder)
  const limits = { ...given, folder, hidden: realpathSync(given.hidden) }
  const [program = '', ...args] = [...limitsOf(kind, limits), ...wrapperOf(kind, limits), ...command]
  return spawn(program, args, {
    env: plainEnvironment,
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
  switch (kind) {
    case 'bubblewrap':
      // Entered by the account it belongs to: a root without powers may not.
      return [
        ...['bwrap', ...apart(), ...bindings(limits), '--', ...setpriv(limits, true)],
        ...(limits.folder === null ? [] : ['env', `--chdir=${limits.folder}`]),
      ]
    case 'bubblewrap-nobody': {
      // Nobody's powers end with the account: nothing is left to drop inside.
      const own = [...ownUsers(), '--unshare-ipc', '--unshare-pid', '--unshare-net', '--cap-drop', 'ALL']
      const chdir = limits.folder === null ? [] : ['--chdir', limits.folder]
      return [
        'setpriv',
        ...nobodysAccount,
        '--no-new-privs',
        '--',
        'bwrap',
        ...own,
        ...bindings(limits),
        ...chdir,
        '--',
      ]
    }
    case 'unshare': {
      // Not as root: root of a user namespace of its own, which is nobody else outside, and without a capability inside.
      const root = isRoot() ? [] : ['--map-root-user']
      const cover = ['sh', '-c', coverScript, 'sh', limits.folder ?? '/', limits.hidden]
      return ['unshare', ...root, '--net', '--ipc', '--uts', '--mount', '--', ...cover, ...setpriv(limits, true)]
    }
    case 'prlimit':
      return setpriv(limits, false)
    case 'none':
      return []
  }
}

const nobodysAccount = [`--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups'] as const

/** `canBind`: it stands in a namespace, or is root, where its capabilities can be given up for good. */
function setpriv(limits: Limits, canBind: boolean): readonly string[] {
  const account = isRoot() ? nobodysAccount : []
  const powers = isRoot() || canBind ? ['--inh-caps=-all', '--bounding-set=-all'] : []
  const drop = limits.dropsItself && isRoot() ? [] : [...account, ...powers]
  return ['setpriv', ...drop, '--no-new-privs', '--']
}

/**
 * An empty file system over the data folder, and in it again the one folder ($1) that the child may use. It is reached by
 * the shell's own working directory: its path is covered by then.
 */
const coverScript = `set -e
umask 022
cd "$1"
mount -t tmpfs -o mode=0711,size=64k tmpfs "$2"
case "$1/" in "$2"/*) mkdir -p "$1"; mount -c --bind . "$1"; cd "$1";; esac
shift 2
exec "$@"`

/** As root without a user namespace: one of its own would hold a single account, and none to drop to. */
function apart(): readonly string[] {
  return isRoot()
    ? [
        ...['--unshare-ipc', '--unshare-net', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
        ...['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP'],
        ...['--proc', '/proc'],
      ]
    : ['--unshare-all', ...ownUsers(), '--proc', '/proc']
}

/**
 * A user namespace of its own and, where bubblewrap can (0.8), none further inside it: each would give a parser that somebody
 * took over all powers over a network and file systems of its own, the part of the kernel where most holes were found. It
 * cannot where `/proc/sys` is read-only, as under the unit that we ship.
 */
function ownUsers(): readonly string[] {
  return ['--unshare-user', ...(noFurtherUsers() ? ['--disable-userns'] : [])]
}

let foundNoFurtherUsers: boolean | null = null

/** Found out by trying it, as everything here. */
export function noFurtherUsers(): boolean {
  if (foundNoFurtherUsers === null) {
    const tried = ['bwrap', '--unshare-user', '--disable-userns', '--dev-bind', '/', '/', '--', 'true']
    const [program = '', ...args] = [...(isRoot() ? ['setpriv', ...nobodysAccount, '--'] : []), ...tried]
    foundNoFurtherUsers = runs(program, args)
  }
  return foundNoFurtherUsers
}

function bindings(limits: Limits): readonly string[] {
  return [
    ...['--die-with-parent', '--new-session', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', '/etc'],
    ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc/alternatives', '/etc/ld.so.cache'].flatMap(shown),
    ...limits.reads.flatMap((read) => ['--ro-bind', read, read]),
    ...(limits.reads.some((read) => isWithin(limits.hidden, read)) ? ['--tmpfs', limits.hidden] : []),
    ...(limits.folder === null ? [] : [...above(limits.folder), '--bind', limits.folder, limits.folder]),
    ...['--chdir', '/'],
  ]
}

/** Made by name, with the mode of a directory that others pass: what bubblewrap makes by itself for a private one is private. */
function above(place: string): readonly string[] {
  const parent = path.dirname(place)
  return parent === place || parent === '/' ? [] : [...above(parent), '--dir', parent]
}

function shown(place: string): readonly string[] {
  if (!existsSync(place)) {
    return []
  }
  return lstatSync(place).isSymbolicLink() ? ['--symlink', readlinkSync(place), place] : ['--ro-bind', place, place]
}

function isWithin(inner: string, outer: string): boolean {
  return `${inner}/`.startsWith(`${outer}/`)
}

/** Each means is tried with a file that must not be seen through it. */
function findSandbox(): SandboxKind {
  return (['bubblewrap', 'bubblewrap-nobody', 'unshare', 'prlimit'] as const).find(sandboxWorks) ?? 'none'
}

/** Whether this machine can do it; for the two that hide files also whether they do. */
export function sandboxWorks(kind: Exclude<SandboxKind, 'none'>): boolean {
  if (kind === 'bubblewrap-nobody' && !isRoot()) {
    return false
  }
  const hidden = mkdtempSync(path.join(os.tmpdir(), 'sereno-sandbox-'))
  try {
    const file = path.join(hidden, 'file')
    writeFileSync(file, '')
    const limits: Limits = {
      memoryBytes: 512 * 1024 * 1024,
      cpuSeconds: 5,
      fileBytes: 1024,
      folder: null,
      hidden,
      // Nobody must reach our reader's code to be shown it.
      reads: kind === 'bubblewrap-nobody' ? [code] : [],
      dropsItself: false,
    }
    const asked = kind === 'prlimit' ? ['true'] : ['test', '!', '-e', file]
    const [program = '', ...args] = [...limitsOf(kind, limits), ...wrapperOf(kind, limits), ...asked]
    return runs(program, args)
  } finally {
    rmSync(hidden, { recursive: true, force: true })
  }
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, [...args], { stdio: 'ignore', timeout: 10_000, env: plainEnvironment }).status === 0
}
