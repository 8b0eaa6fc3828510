/**
 * `npm test`: everything a contributor needs to trust a change, ending with one line `N passed, N failed`.
 * Brings what it needs: as root on Debian or Ubuntu it installs missing packages, otherwise it says which command does.
 */
import { existsSync } from 'node:fs'
import { run } from './run.ts'

const needed: readonly { readonly file: readonly string[]; readonly package: string; readonly why: string }[] = [
  {
    file: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    package: 'chromium',
    why: 'the journeys run in a real browser',
  },
  {
    file: ['/usr/bin/strace'],
    package: 'strace',
    why: 'a test reads the system calls to prove the order of fsync and answer',
  },
  {
    file: ['/usr/bin/ffmpeg'],
    package: 'ffmpeg',
    why: 'tests make the files of other cameras, and copies for viewing, with it',
  },
  {
    file: ['/usr/bin/pdfinfo'],
    package: 'poppler-utils',
    why: 'tests read back the documents that are written as PDF',
  },
  {
    file: ['/usr/bin/openssl'],
    package: 'openssl',
    why: 'a time-stamping authority of the tests, and certificates',
  },
  {
    file: ['/usr/bin/bwrap'],
    package: 'bubblewrap',
    why: 'tests try to read our files from inside the sandbox of other people’s media',
  },
  {
    file: ['/usr/lib/python3/dist-packages/cryptography/__init__.py'],
    package: 'python3-cryptography',
    why: 'a second verifier, in Python, must agree with ours',
  },
]

async function bring(): Promise<boolean> {
  const missing = needed.filter(({ file }) => !file.some((path) => existsSync(path)))
  if (missing.length === 0) {
    return true
  }
  const names = missing.map((one) => one.package)
  const command = `apt-get update && apt-get install -y ${names.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    for (const { package: name, why } of missing) {
      console.error(`${name} is missing: ${why}.`)
    }
    console.error(`Install with:  sudo sh -c '${command}'`)
    return false
  }
  console.log(`Installing ${names.join(', ')} …`)
  const installed = await run('sh', ['-c', `export DEBIAN_FRONTEND=noninteractive; ${command}`])
  if (installed.exitCode !== 0) {
    console.error(installed.output)
  }
  return installed.exitCode === 0
}

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `This is Node ${process.versions.node}; the locked Node 24 is missing. Run npm ci (without --omit=optional).`,
  )
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} else if (await bring()) {
  const tested = await run('vitest', ['run', ...process.argv.slice(2)], { live: true })
  process.exitCode = tested.exitCode
} else {
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}
