/**
 * Two verifiers that share no code must agree: ours, and `verify.py`, written from the format's text alone. On every vector
 * they are held to what `expected.json` says; on what chance makes of a package, to one another.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatTrust, parseTrust } from '@sereno/proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageBytes, testTrust } from '../../packages/proof/src/package.test-kit.ts'
import { archiveOf, flipped, membersOf } from './forge.ts'
import { type Expected, vectorFolder, vectorsNowMs, verdictOf, verifyBytes } from './make-vectors.ts'
import { trustFiles } from './trusted.ts'
import { vectors } from './vectors.ts'

const expected = JSON.parse(readFileSync(join(vectorFolder, 'expected.json'), 'utf8')) as readonly Expected[]
const python = '/usr/bin/python3'
const program = join(import.meta.dirname, 'verify.py')

type Verdict = ReturnType<typeof verdictOf>
type Question = { readonly file: string; readonly trust: string | null }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-conformance-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ours({ file, trust }: Question): Promise<Verdict> {
  const parsed = trust === null ? null : parseTrust(readFileSync(trust))
  if (parsed?.ok === false) {
    throw new Error(`${trust} is not a trust file`)
  }
  const { exitCode, checks } = await verifyBytes(readFileSync(file), parsed?.value)
  return verdictOf(exitCode, checks)
}

/** One process for all of them: starting Python costs more than verifying. */
function theirs(questions: readonly Question[]): readonly Verdict[] {
  const driver = `
import json, sys
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
sys.dont_write_bytecode = True
import verify
from datetime import datetime, timezone
now = datetime.fromtimestamp(${vectorsNowMs / 1000}, timezone.utc)
for question in json.load(sys.stdin):
    trust = None
    if question["trust"]:
        with open(question["trust"], "rb") as file:
            trust = verify.parse_trust(file.read())
    with open(question["file"], "rb") as file:
        result, checks, _ = verify.verify(file, trust, now)
    print(json.dumps({"exitCode": verify.EXIT[result], "checks": checks}))
`
  const output = execFileSync(python, ['-c', driver], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  })
  return output
    .trim()
    .split('\n')
    .map((line) => {
      const { exitCode, checks } = JSON.parse(line) as { exitCode: number; checks: Parameters<typeof verdictOf>[1] }
      return verdictOf(exitCode, checks)
    })
}

function questionOf({ name, trust }: Expected): Question {
  const of = (file: string): string => join(vectorFolder, file)
  return { file: of(`${name}.zip`), trust: trust === null ? null : of(`${trust}.json`) }
}

function said({ exitCode, failed, stamps }: Expected): Verdict {
  return { exitCode, failed, ...(stamps === undefined ? {} : { stamps }) }
}

describe('the vectors', () => {
  test('are what the script makes, byte for byte, and small', async () => {
    for (const { name, make } of vectors) {
      expect(Buffer.compare(await make(), readFileSync(join(vectorFolder, `${name}.zip`))), name).toBe(0)
    }
    for (const [name, trust] of Object.entries(await trustFiles())) {
      expect(readFileSync(join(vectorFolder, `${name}.json`), 'utf8')).toBe(formatTrust(trust))
    }
    const sizeBytes = readdirSync(vectorFolder).reduce(
      (sum, name) => sum + readFileSync(join(vectorFolder, name)).length,
      0,
    )
    expect(sizeBytes).toBeLessThan(3 * 1024 * 1024)
  })

  test('what is called valid holds, what is called forged does not, and every check that can fail fails somewhere', () => {
    for (const { name, exitCode, failed } of expected) {
      expect(exitCode, name).toBe(
        name === 'forged-not-a-package' ? 2 : name.startsWith('forged-') ? 1 : /no-trust|^open-/.test(name) ? 3 : 0,
      )
      expect(failed.length > 0, name).toBe(name.startsWith('forged-'))
    }
    expect(expected.filter(({ name }) => name.startsWith('forged-')).length).toBeGreaterThanOrEqual(25)
    const failing = new Set(expected.flatMap(({ failed }) => failed.map((one) => one.split(' ')[0])))
    expect([...failing].sort()).toEqual([
      'checkpoint',
      'container',
      'device-enrolment',
      'gaps',
      'inclusion',
      'manifest',
      'order',
      'origin',
      'package-signature',
      'positions',
      'segment-hash',
      'simulated',
      'statement-signature',
      'stop',
      'timestamps',
      'witnesses',
    ])
  })

  test('our verifier says what is expected', async () => {
    for (const one of expected) {
      expect(await ours(questionOf(one)), one.name).toEqual(said(one))
    }
  })

  test('the verifier written from the text alone says the same', () => {
    const verdicts = theirs(expected.map(questionOf))
    for (const [place, one] of expected.entries()) {
      expect(verdicts[place], one.name).toEqual(said(one))
    }
  })
})

test('verify.py is a program: its exit code is the result', () => {
  const runs: readonly (readonly [readonly string[], number])[] = [
    [['valid-whole.zip', '--trust', 'trust.json'], 0],
    [['forged-media-altered.zip', '--trust', 'trust.json'], 1],
    [['forged-not-a-package.zip'], 2],
    [['valid-whole.zip'], 3],
    [[], 64],
    [['nowhere.zip'], 66],
  ]
  for (const [args, exitCode] of runs) {
    const { status } = spawnSync(python, ['-B', program, ...args], { cwd: vectorFolder })
    expect(status, args.join(' ')).toBe(exitCode)
  }
})

test('on packages with a changed byte, anywhere, in a broken or a mended container, both say the same', async () => {
  const whole = await packageBytes({ disclosePositions: true })
  const members = await membersOf(whole)
  const trust = join(folder, 'trust.json')
  writeFileSync(trust, formatTrust(testTrust))
  const questions: Question[] = []
  const add = (bytes: Uint8Array): void => {
    const file = join(folder, `${questions.length}.zip`)
    writeFileSync(file, bytes)
    questions.push({ file, trust })
  }
  for (let at = 0; at < whole.length; at += 397) {
    add(flipped(whole, at))
  }
  for (const [place, { name, bytes }] of members.entries()) {
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 4))) {
      add(await archiveOf(members.with(place, { name, bytes: flipped(bytes, at) })))
    }
  }
  for (const place of members.slice(1, -1).keys()) {
    add(await archiveOf(members.toSpliced(place + 1, 1)))
  }
  const verdicts = theirs(questions)
  for (const [place, question] of questions.entries()) {
    expect(verdicts[place], question.file).toEqual(await ours(question))
  }
  expect(questions.length).toBeGreaterThan(120)
}, 60_000)
