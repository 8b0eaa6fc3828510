import { describe, expect, test } from 'vitest'
import { fromUtf8, utf8 } from '../bytes.ts'
import { signEnvelope } from '../dsse.ts'
import { sha256Hex } from '../hash.ts'
import { keyId } from '../keys.ts'
import type { Manifest } from '../manifest.ts'
import type { PackageParts } from '../package/build.ts'
import { sequenceOfMember } from '../package/content.ts'
import {
  collect,
  type FixtureOptions,
  packageBytes,
  packageParts,
  testSigners,
  testTrust,
} from '../package.test-kit.ts'
import { bytesSource } from '../source.ts'
import { stopAt } from '../statement.test-kit.ts'
import { signStatement, statementHash } from '../statement.ts'
import { openArchive } from '../zip/reader.ts'
import { type MemberToWrite, writeArchive } from '../zip/writer.ts'
import type { TimestampFinding } from './timestamps.ts'
import { type Verification, type VerifyOptions, verifyPackage } from './verify.ts'

const small = await packageBytes()

async function verify(bytes: Uint8Array, trust = testTrust): Promise<Verification> {
  return verifyPackage(bytesSource(bytes), { trust })
}

function failures(verification: Verification): readonly string[] {
  return verification.checks.filter(({ status }) => status === 'failed').map(({ id, code }) => `${id}: ${code}`)
}

describe('the four results', () => {
  test('holds (0), with every named check', async () => {
    const verification = await verify(small)
    expect(failures(verification)).toEqual([])
    expect(verification).toMatchObject({ result: 'holds', exitCode: 0, simulated: false })
    const statusOf = (id: string) => verification.checks.filter((check) => check.id === id).map(({ status }) => status)
    expect(statusOf('segment-hash')).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(statusOf('statement-signature')).toEqual(['passed', 'passed', 'passed', 'passed', 'passed'])
    expect(statusOf('witnesses')).toEqual(['not-checked'])
    expect(statusOf('positions')).toEqual(['not-checked'])
    for (const id of [
      'container',
      'package-signature',
      'origin',
      'order',
      'stop',
      'manifest',
      'device-enrolment',
      'inclusion',
      'checkpoint',
      'simulated',
    ]) {
      expect(statusOf(id), id).toEqual(['passed'])
    }
    expect(verification.checks.find(({ code }) => code === 'gap-explained')).toMatchObject({
      segment: 1,
      detail: { reason: 'call', missingMs: 2000 },
    })
  })

  test('fails (1) when a segment is altered', async () => {
    const altered = small.slice()
    altered[(await openEntry('media/00000002.m4s')).dataAt]! ^= 1
    const verification = await verify(altered)
    expect(verification).toMatchObject({ result: 'fails', exitCode: 1 })
    expect(verification.checks).toContainEqual(
      expect.objectContaining({ id: 'segment-hash', status: 'failed', code: 'altered', segment: 2 }),
    )
  })

  test('holds, and says that it was in quarantine', async () => {
    const apart = await verify(await packageBytes({ quarantine: 'key-revoked' }))
    expect(apart.result).toBe('holds')
    expect(apart.checks).toContainEqual(
      expect.objectContaining({ status: 'warning', code: 'quarantined', detail: { index: 7, why: 'key-revoked' } }),
    )
  })

  test('not a package (2)', async () => {
    for (const bytes of [new Uint8Array(0), utf8('hola'), new Uint8Array(5000)]) {
      expect(await verify(bytes)).toMatchObject({ result: 'not-a-package', exitCode: 2 })
    }
  })

  test('consistent, but its origin is not established (3)', async () => {
    const verification = await verifyPackage(bytesSource(small))
    expect(failures(verification)).toEqual([])
    expect(verification).toMatchObject({ result: 'origin-not-established', exitCode: 3 })
  })

  test('a truncated package fails, at every length', async () => {
    for (let length = 60; length < small.length; length += 97) {
      expect((await verify(small.subarray(0, length))).exitCode).toBe(1)
    }
    expect((await verify(new Uint8Array([...small, 0]))).exitCode).toBe(1)
  })

  test("another installation's trust file makes it fail", async () => {
    const other = { ...testTrust, installation: '99999999-9999-4999-8999-999999999999' }
    expect(failures(await verify(small, other))).toEqual(['origin: other-installation'])
    const otherKeys = { ...testTrust, packageKeys: [testSigners.device.key], manifestKeys: [testSigners.device.key] }
    expect(failures(await verify(small, otherKeys))).toEqual([
      'package-signature: unknown-key',
      'manifest: unknown-key',
    ])
    const otherLog = { ...testTrust, log: { ...testTrust.log, keys: [] } }
    expect(failures(await verify(small, otherLog))).toEqual(['checkpoint: unknown-key'])
  })
})

describe('altered packages', () => {
  test('one flipped bit in each byte of a segment, and in places all over the file, is found and located', async () => {
    const spans = await memberSpans()
    const bytes = small.slice()
    for (let at = 0; at < bytes.length; at += 1) {
      const member = spans.find(({ from, to }) => at >= from && at < to)
      if (member?.name !== 'media/00000002.m4s' && at % 61 !== 0) {
        continue
      }
      bytes[at]! ^= 1 << (at & 7)
      const verification = await verify(bytes)
      bytes[at]! ^= 1 << (at & 7)
      expect(verification.exitCode, `byte ${at} of ${member?.name}`).toBe(1)
      expect(isLocated(verification, member?.segment ?? null), `byte ${at} of ${member?.name}`).toBe(true)
    }
  })

  // Whoever edits a package makes the container right again; the signatures must find it without the CRC.
  test('one byte changed in any member, with its CRC made right, is found and located', async () => {
    const originals = await membersOf(small)
    for (const [place, { name, bytes }] of originals.entries()) {
      for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 6))) {
        const edited = originals.with(place, { name, bytes: bytes.with(at, bytes[at]! ^ 1) })
        const verification = await verify(await archiveOf(edited))
        expect(verification.exitCode, `byte ${at} of ${name}`).toBe(1)
        expect(isLocated(verification, sequenceOfMember(name)), `byte ${at} of ${name}`).toBe(true)
      }
    }
  })

  test('a member left out, added or exchanged is found', async () => {
    const originals = await membersOf(small)
    for (const place of originals.slice(0, -1).keys()) {
      const without = originals.toSpliced(place, 1)
      expect((await verify(await archiveOf(without))).exitCode, originals[place]?.name).toBeGreaterThan(0)
    }
    const added = originals.toSpliced(-1, 0, { name: 'zz.txt', bytes: utf8('hola') })
    expect(failures(await verify(await archiveOf(added)))).toContain('container: unexpected-member')
    const [one, two] = ['media/00000000.m4s', 'media/00000002.m4s'].map((name) =>
      originals.findIndex((m) => m.name === name),
    )
    const exchanged = originals
      .with(one!, { name: originals[one!]!.name, bytes: originals[two!]!.bytes })
      .with(two!, { name: originals[two!]!.name, bytes: originals[one!]!.bytes })
    const verification = await verify(await archiveOf(exchanged))
    expect(isLocated(verification, 0) && isLocated(verification, 2)).toBe(true)
  })
})

describe('what a package may honestly say', () => {
  test('a simulated device: SIMULATED in a demonstration, refused by a real installation', async () => {
    const bytes = await packageBytes({ simulated: true })
    const demonstration = await verify(bytes, { ...testTrust, demonstration: true })
    expect(demonstration).toMatchObject({ result: 'holds', simulated: true })
    const real = await verify(bytes)
    expect(real.simulated).toBe(true)
    expect(failures(real)).toEqual(['simulated: simulated-in-real-installation'])
  })

  test('sealed incomplete: holds, with what is missing', async () => {
    const verification = await verify(await packageBytes({ segments: 5, lost: [3, 4], unterminated: true }))
    expect(failures(verification)).toEqual([])
    expect(verification.result).toBe('holds')
    expect(verification.checks).toContainEqual(
      expect.objectContaining({ id: 'gaps', status: 'warning', detail: { from: 3, to: 4 } }),
    )
    expect(verification.checks).toContainEqual(expect.objectContaining({ id: 'stop', status: 'warning' }))
  })

  test('positions disclosed for one segment', async () => {
    const verification = await verify(await packageBytes({ disclosePositions: true }))
    expect(verification.result).toBe('holds')
    expect(verification.checks.filter(({ id }) => id === 'positions').map(({ status }) => status)).toEqual(['passed'])
  })

  test('two statements for one sequence: shown as equivocation when the manifest declares them', async () => {
    const rival = await signStatement(testSigners.device, stopAt(4, 'd'.repeat(64), { reason: 'battery' }))
    const hash = await statementHash(rival)
    const shown = { parts: (parts: PackageParts) => ({ ...parts, conflicts: [{ sequence: 4, statement: rival }] }) }
    const declare = (manifest: Manifest): Manifest => ({
      ...manifest,
      equivocations: [{ sequence: 4, statements: [manifest.statements[4]!.statement, hash].sort() }],
    })
    const declared = await verify(await packageBytes({ ...shown, manifest: declare }))
    expect(failures(declared)).toEqual([])
    expect(declared.checks).toContainEqual(
      expect.objectContaining({ code: 'equivocation', status: 'warning', segment: 4 }),
    )
    expect(failures(await verify(await packageBytes(shown)))).toEqual(['order: undeclared-statement'])
    const hidden = await verify(await packageBytes({ manifest: declare }))
    expect(failures(hidden)).toEqual(['order: conflict-missing'])
  })

  test('a supplement carries the manifest that it adds to', async () => {
    const { manifest: first } = await packageParts({ lost: [3] })
    const supplementOf = await sha256Hex(first)
    const options = { manifest: (manifest: Manifest) => ({ ...manifest, supplementOf }) }
    const whole = await packageBytes({ ...options, parts: (parts) => ({ ...parts, firstManifest: first }) })
    expect((await verify(whole)).result).toBe('holds')
    expect(failures(await verify(await packageBytes(options)))).toEqual(['manifest: first-manifest-differs'])
  })

  test('a recording that is only a stop', async () => {
    const bytes = await packageBytes({ segments: 0, parts: (parts) => ({ ...parts, init: null }) })
    expect((await verify(bytes)).result).toBe('holds')
  })
})

describe("the copy's own entry", () => {
  test('not yet published: the promise of the log stands for it, and the result says so', async () => {
    const promised = await verify(await packageBytes({ promised: true }))
    expect(failures(promised)).toEqual([])
    expect(promised.checks).toContainEqual(
      expect.objectContaining({ id: 'inclusion', status: 'warning', code: 'export-promised' }),
    )
    const { promiseKeys: _, ...rest } = testTrust
    expect(failures(await verify(await packageBytes({ promised: true }), { ...rest, promiseKeys: [] }))).toEqual([
      'inclusion: export-not-proved',
    ])
  })

  test.each([
    ['of nobody', { parts: (parts) => ({ ...parts, exportEntry: 'e'.repeat(64) }) }, 'export-not-proved'],
    ['promised, of another leaf', { promised: true, parts: otherLeaf }, 'export-differs'],
    ['of another recording', { exported: { subjects: `recording:${testTrust.installation}` } }, 'export-differs'],
    ['that was refused', { exported: { allowed: 'false' } }, 'export-differs'],
    ['that is a look', { exported: { kind: 'recording.viewed' } }, 'export-differs'],
    ['with a promise that nobody reads', { promised: true, parts: brokenPromise }, 'malformed-export'],
    ['whose note is another', { parts: otherNote }, 'note-differs'],
  ] as const satisfies readonly (readonly [string, FixtureOptions, string])[])('%s fails', async (_, options, code) => {
    expect(failures(await verify(await packageBytes(options)))).toEqual([`inclusion: ${code}`])
  })

  test('what is for people and other tools is signed, and nothing rests on it', async () => {
    const extra = { sheetPdf: utf8('%PDF'), caseGraph: utf8('{}'), verifier: utf8('<!doctype html>') }
    const bytes = await packageBytes({ parts: (parts) => ({ ...parts, ...extra }) })
    expect((await verify(bytes)).result).toBe('holds')
  })

  const certificate = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'
  const authorities = { ...testTrust, timeAuthorities: [{ name: 'a', certificate }] }
  type Judge = (token: string) => TimestampFinding
  const stampedBy = async (
    timestamps: PackageParts['timestamps'],
    judge: Judge | null,
    options: VerifyOptions = { trust: authorities },
  ) => {
    const bytes = await packageBytes({ parts: (parts) => ({ ...parts, timestamps, origin: authorities }) })
    const check = judge === null ? {} : { checkTimestamp: async (token: Uint8Array) => judge(fromUtf8(token) ?? '') }
    const { result, checks } = await verifyPackage(bytesSource(bytes), { ...options, ...check })
    return [result, ...checks.filter(({ id }) => id === 'timestamps').map(({ code, detail }) => code ?? detail.member)]
  }
  const one = { over: 'manifest' as const, name: 'one', token: utf8('1 9') }
  const renewed = (...renewal: readonly number[]) => ({ ...one, renewal })
  /** Tokens that say when they were made and until when their certificate is good. */
  const saidTimes: Judge = (token) => {
    const [atMs = 0, expiresAtMs = 0] = token.split(' ').map(Number)
    return { status: 'good', authority: 'a', atMs, expiresAtMs }
  }

  test('time stamps are checked by whoever can, and fail when they differ', async () => {
    const good: Judge = () => ({ status: 'good', authority: 'a', atMs: 1, expiresAtMs: 2 })
    const name = 'timestamps/manifest-one.tsr'
    expect(await stampedBy([one], null)).toEqual(['holds', 'no-timestamp-check'])
    expect(await stampedBy([one], good)).toEqual(['holds', name])
    expect(await stampedBy([one], good, { trust: authorities, nowMs: 2 })).toEqual(['holds', name])
    expect(await stampedBy([one], good, { trust: authorities, nowMs: 3 })).toEqual(['holds', 'certificate-ended'])
    expect(await stampedBy([one], good, { trust: testTrust })).toEqual(['holds', 'no-authority'])
    expect(await stampedBy([one], good, {})).toEqual(['origin-not-established', 'authority-claimed'])
    expect(await stampedBy([one], () => ({ status: 'unsupported' }))).toEqual(['holds', 'unsupported-algorithm'])
    expect(await stampedBy([one], () => ({ status: 'bad', code: 'timestamp-differs' }))).toEqual([
      'fails',
      'timestamp-differs',
    ])
  })

  test('stamps over stamps are judged in their order, each made before the certificate of the one before it ended', async () => {
    const first = { ...renewed(1), token: utf8('8 20') }
    const second = { ...renewed(1, 1), token: utf8('20 30') }
    const [at, again] = ['.1', '.1.1'].map((end) => `timestamps/manifest-one${end}.tsr`)
    const named = 'timestamps/manifest-one.tsr'
    expect(await stampedBy([second, one, first], saidTimes)).toEqual(['holds', named, at, again])
    const late = { trust: authorities, nowMs: 25 }
    expect(await stampedBy([one, first, second], saidTimes, late)).toEqual(['holds', named, at, again])
    expect(await stampedBy([one, { ...first, token: utf8('10 20') }], saidTimes)).toEqual([
      'fails',
      'renewed-too-late',
      named,
    ])
    expect(await stampedBy([one, { ...first, token: utf8('0 20') }], saidTimes)).toEqual([
      'fails',
      'renewed-before',
      named,
    ])
    expect(await stampedBy([second, one], saidTimes)).toEqual(['fails', 'member-missing', named])
  })

  test('what renews a stamp that is not known to be good is not checked, nor is what renews that', async () => {
    const unknown: Judge = (token) => (token === '1 9' ? { status: 'unsupported' } : saidTimes(token))
    const bad: Judge = (token) => (token === '1 9' ? { status: 'bad', code: 'bad-signature' } : saidTimes(token))
    const first = { ...renewed(1), token: utf8('0 20') }
    const second = { ...renewed(1, 1), token: utf8('40 50') }
    const open = ['renews-unchecked', 'renews-unchecked']
    expect(await stampedBy([one, first, second], unknown)).toEqual(['holds', 'unsupported-algorithm', ...open])
    expect(await stampedBy([one, first, second], bad)).toEqual(['fails', 'bad-signature', ...open])
    const late = { ...first, token: utf8('10 20') }
    expect(await stampedBy([one, late, second], saidTimes)).toEqual([
      'fails',
      'renewed-too-late',
      'renews-unchecked',
      'timestamps/manifest-one.tsr',
    ])
  })
})

function otherLeaf(parts: PackageParts): PackageParts {
  return { ...parts, exportEntry: 'e'.repeat(64) }
}

function brokenPromise(parts: PackageParts): PackageParts {
  const { exportProof } = parts
  return { ...parts, exportProof: exportProof === null ? null : { ...exportProof, promise: utf8('nothing') } }
}

function otherNote(parts: PackageParts): PackageParts {
  return { ...parts, notes: [{ entry: parts.exportEntry, text: 'Otra cosa.' }] }
}

describe('what no signature makes true', () => {
  test.each([
    [
      'incomplete hidden',
      { lost: [3], manifest: (m) => ({ ...m, incomplete: false }) },
      'manifest: incomplete-differs',
    ],
    ['a gap left out', { manifest: (m) => ({ ...m, gaps: [] }) }, 'manifest: gaps-differ'],
    ['another stop', { manifest: (m) => ({ ...m, stop: 'battery' }) }, 'manifest: stop-differs'],
    ['another device', { manifest: (m) => ({ ...m, device: testTrust.installation }) }, 'manifest: recording-differs'],
    [
      'another enrolment',
      { manifest: (m) => ({ ...m, enrolment: '0'.repeat(64) }) },
      'device-enrolment: enrolment-differs',
    ],
    [
      'a supplement of nothing',
      { manifest: (m) => ({ ...m, supplementOf: '0'.repeat(64) }) },
      'manifest: first-manifest-differs',
    ],
    [
      'a conflict that is not shown',
      { manifest: (m) => ({ ...m, equivocations: [{ sequence: 0, statements: ['0'.repeat(64)] }] }) },
      'order: conflict-missing',
    ],
    [
      'a manifest outside the ledger',
      { parts: (p) => ({ ...p, entries: p.entries.slice(1) }) },
      'inclusion: manifest-not-in-ledger',
    ],
    [
      'a proof for another place',
      { parts: (p) => ({ ...p, entries: p.entries.map((e) => ({ ...e, index: 4 })) }) },
      'inclusion: not-included',
    ],
    ['a head exchanged since', { head: '0'.repeat(64) }, 'inclusion: head-differs'],
    ['a head left out since', { lost: [2] }, 'inclusion: head-differs'],
    ['media left out', { parts: (p) => ({ ...p, media: async () => null }) }, 'segment-hash: member-missing'],
    ['init left out', { parts: (p) => ({ ...p, init: null }) }, 'segment-hash: member-missing'],
    ['a checkpoint of nobody', { parts: (p) => ({ ...p, checkpoint: 'hola\n' }) }, 'checkpoint: malformed-note'],
  ] satisfies readonly (readonly [string, Parameters<typeof packageBytes>[0], string])[])(
    '%s',
    async (_, options, expected) => {
      const verification = await verify(await packageBytes(options))
      expect(verification.exitCode).toBe(1)
      expect(failures(verification)).toContain(expected)
    },
  )

  test('an unknown algorithm is not checked, and nothing holds by it', async () => {
    const future = { algorithm: 'ml-dsa-87', publicKey: 'AAAA' }
    const signer = { ...testSigners.package, key: future, keyId: await keyId(future) }
    const bytes = await packageBytes({
      parts: (parts) => ({ ...parts, sign: (type, payload) => signEnvelope(signer, type, payload) }),
    })
    const verification = await verify(bytes, { ...testTrust, packageKeys: [future] })
    expect(failures(verification)).toEqual([])
    expect(verification.result).toBe('origin-not-established')
    expect(verification.checks.filter(({ id }) => id === 'package-signature')).toMatchObject([
      { status: 'not-checked', code: 'unsupported-algorithm' },
    ])
  })
})

test('a verification can be watched and stopped', async () => {
  const seen: number[] = []
  await verifyPackage(bytesSource(small), { trust: testTrust, onProgress: (done) => seen.push(done) })
  expect(seen).toEqual(seen.toSorted((left, right) => left - right))
  const stopped = verifyPackage(bytesSource(small), { signal: AbortSignal.abort() })
  await expect(stopped).rejects.toThrow()
})

async function openEntry(name: string) {
  const entry = (await memberSpans()).find((candidate) => candidate.name === name)
  if (entry === undefined) {
    throw new Error('no such member')
  }
  return { dataAt: entry.from + 30 + name.length }
}

async function memberSpans() {
  const archive = await openArchive(bytesSource(small), 'signature.json')
  if (!archive.ok) {
    throw new Error(archive.code)
  }
  return archive.value.entries.map(({ name, offset, sizeBytes }) => ({
    name,
    from: offset,
    to: offset + 30 + name.length + sizeBytes,
    segment: sequenceOfMember(name),
  }))
}

async function membersOf(bytes: Uint8Array): Promise<readonly MemberToWrite[]> {
  return (await memberSpans()).map(({ name, from, to }) => ({ name, bytes: bytes.slice(from + 30 + name.length, to) }))
}

/** The last of the members is written as it is: an editor cannot sign anew. */
async function archiveOf(members: readonly MemberToWrite[]): Promise<Uint8Array> {
  return collect(writeArchive(members.slice(0, -1), async () => members.at(-1)!))
}

function isLocated(verification: Verification, segment: number | null): boolean {
  return verification.checks.some(
    (check) => check.status === 'failed' && (segment === null || check.segment === segment),
  )
}
