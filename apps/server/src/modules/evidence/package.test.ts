import { execFileSync, spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesSource, formatTrust, parseTrust, type Trust, type Verification, verifyPackage } from '@sereno/proof'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membersOf } from '../../../../../tests/conformance/forge.ts'
import { systemActor } from '../../kernel/actor.ts'
import type { FakeRecording } from './evidence.test-kit.ts'
import { type House, need, openHouse, type Person, saidOf } from './house.test-kit.ts'
import { createPackages } from './package.ts'
import { writePlan } from './package-plan.ts'
import { createPlanner } from './plan.ts'
import { manifestsOf, needRecording } from './store.ts'

let house: House
let custodian: Person
let recording: FakeRecording
let folder = ''
let made: Verification
let whole: Uint8Array
let members: ReadonlyMap<string, Buffer>
const verifier = Buffer.from('<!doctype html><title>verify</title>\n')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-package-'))
  house = await openHouse({}, undefined, {
    verifier: async () => ({ sha256: hash('sha256', verifier), bytes: verifier }),
    timestamps: async () => [{ over: 'manifest', name: 'prueba', token: Buffer.from('3000', 'hex') }],
  })
  const phone = await house.phone()
  custodian = await house.person('custodian')
  recording = phone.record()
  await recording.media(Buffer.alloc(5_000, 'first'))
  await recording.media(Buffer.alloc(5_000, 'second'))
  await recording.stop()
  for (const signed of recording.signed) {
    expect(saidOf(await phone.upload(signed)).status).toBe(200)
  }
  await house.tick()
  await house.tick()
  const atMs = house.clock.nowMs()
  await need(custodian.call(`POST /recordings/${recording.id}/markers`, { atMs, note: 'Se ve la placa: ñandú.' }))
  await need(
    custodian.call(`POST /recordings/${recording.id}/category`, {
      category: 'force',
      note: 'Revisada por supervisión.',
    }),
  )
  const operator = await house.person('operator')
  expect((await operator.call(`POST /recordings/${recording.id}/looks`, { purpose: 'training' })).status).toBe(403)
  await house.tick()
  whole = await exported()
  members = new Map((await membersOf(whole)).map((member) => [member.name, Buffer.from(member.bytes)]))
  made = await verifyPackage(bytesSource(whole), { trust: await trust() })
})
afterAll(async () => {
  await house.close()
  rmSync(folder, { recursive: true, force: true })
})

async function exported(): Promise<Uint8Array> {
  const wish = { purpose: 'request', reference: 'CF-7', positions: false }
  const promised = await need(custodian.call(`POST /recordings/${recording.id}/exports`, wish))
  const fetched = await custodian.call(`GET ${String(promised.url).replace('/api', '')}`)
  expect(fetched.bytes.length).toBe(promised.sizeBytes)
  return fetched.bytes
}

function readMember(name: string): Buffer {
  const member = members.get(name)
  if (member === undefined) {
    throw new Error(`no ${name} in the package`)
  }
  return member
}

async function trust(): Promise<Trust> {
  const parsed = parseTrust((await house.call({ method: 'GET', url: '/api/trust.json' })).body)
  if (!parsed.ok) {
    throw new Error(parsed.code)
  }
  return parsed.value
}

test('holds, its own entry among those proved', () => {
  expect(made.checks.filter(({ status }) => status === 'failed')).toEqual([])
  expect(made.result).toBe('holds')
  expect(made.checks).toContainEqual(expect.objectContaining({ id: 'inclusion', status: 'passed' }))
  expect(made.checks).toContainEqual(expect.objectContaining({ id: 'timestamps', code: 'no-timestamp-check' }))
})

test('the verifier written from the text alone says the same of a real package', async () => {
  writeFileSync(join(folder, 'package.zip'), whole)
  writeFileSync(join(folder, 'trust.json'), formatTrust(await trust()))
  const program = join(import.meta.dirname, '../../../../../tests/conformance/verify.py')
  const args = ['-B', program, 'package.zip', '--trust', 'trust.json']
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', args, { cwd: folder, encoding: 'utf8' })
  expect({ status, said: stdout + stderr }).toEqual({
    status: 0,
    said: expect.stringMatching(/^SIMULATED[\s\S]*holds\n$/),
  })
})

test('while its own entry is not published, the promise of the log stands for it', async () => {
  const { deps, ledger } = house
  const municipality = deps.identity.municipality()?.id ?? ''
  const scope = { municipality, actor: systemActor(municipality) }
  const entry = await deps.database.transaction((tx) =>
    ledger.append(tx, {
      municipality,
      kind: 'recording.exported',
      coarse: 'access',
      subjects: [`recording:${recording.id}`],
      actor: scope.actor,
    }),
  )
  const row = await needRecording(deps.database.db, scope, recording.id)
  const [first] = await manifestsOf(deps.database.db, scope, recording.id)
  if (first === undefined) {
    throw new Error('not sealed')
  }
  const wish = { purpose: 'request', positions: false } as const
  const promise = await ledger.promise(entry.id)
  const plan = await createPlanner(deps)(scope, row, { first, newest: first }, wish, { ...entry, promise })
  const pieces: Uint8Array[] = []
  for await (const piece of createPackages(deps).stream(scope, row, { plan: writePlan(plan) })) {
    pieces.push(piece)
  }
  const { result, checks } = await verifyPackage(bytesSource(Buffer.concat(pieces)), { trust: await trust() })
  expect(checks).toContainEqual(expect.objectContaining({ status: 'warning', code: 'export-promised' }))
  expect(result).toBe('holds')
})

test('the custody history has the look that was refused, and the notes that people wrote', async () => {
  const { entries } = JSON.parse(readMember('custody/entries.json').toString()) as {
    entries: { openings: { name: string; value: string }[] }[]
  }
  const values = entries.map(({ openings }) => Object.fromEntries(openings.map(({ name, value }) => [name, value])))
  expect(values).toContainEqual(expect.objectContaining({ kind: 'recording.viewed', allowed: 'false' }))
  const { notes } = JSON.parse(readMember('custody/notes.json').toString()) as { notes: { text: string }[] }
  expect(notes.map(({ text }) => text).sort()).toEqual(['Revisada por supervisión.', 'Se ve la placa: ñandú.'])
  const sheet = readMember('HOJA-DE-CUSTODIA.txt').toString()
  expect(sheet).toContain('NEGADO')
  expect(sheet).toContain('Se ve la placa: ñandú.')
  expect(sheet).toContain('SIMULADO')
})

test('the sheet as PDF is tagged and says the same', async () => {
  const file = join(folder, 'custody.pdf')
  writeFileSync(file, readMember('custody.pdf'))
  expect(execFileSync('pdfinfo', [file], { encoding: 'utf8' })).toMatch(/Tagged: +yes/)
  const text = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' })
  for (const words of ['Hoja de custodia', 'NEGADO', 'Se ve la placa: ñandú.', made.facts?.manifestSha256 ?? '?']) {
    expect(text).toContain(words)
  }
})

test('the description for other tools names every original with its size and hash', async () => {
  const graph = JSON.parse(readMember('case.jsonld').toString()) as { '@graph': Record<string, unknown>[] }
  type Facet = Record<string, unknown> & { 'uco-observable:hash'?: { 'uco-types:hashValue': { '@value': string } }[] }
  const facets = graph['@graph'].flatMap((node) => (node['uco-core:hasFacet'] as Facet[] | undefined) ?? [])
  const named = new Map<string, string>()
  for (const [place, facet] of facets.entries()) {
    const name = facet['uco-observable:fileName']
    const [digest] = facets[place + 1]?.['uco-observable:hash'] ?? []
    if (typeof name === 'string' && digest !== undefined) {
      named.set(name, digest['uco-types:hashValue']['@value'])
    }
  }
  expect([...named.keys()].sort()).toEqual([
    'manifest.json',
    'media/00000000.m4s',
    'media/00000001.m4s',
    'media/init.mp4',
  ])
  for (const [name, sha256] of named) {
    expect(hash('sha256', readMember(name)), name).toBe(sha256)
  }
  const types = new Set(graph['@graph'].map((node) => node['@type']))
  expect(types).toContain('case-investigation:InvestigativeAction')
  expect(types).toContain('case-investigation:ProvenanceRecord')
  const ids = graph['@graph'].map((node) => node['@id'])
  expect(new Set(ids).size).toBe(ids.length)
})

test('carries the verifier that the installation serves', () => {
  expect(readMember('verify.html')).toEqual(verifier)
})
