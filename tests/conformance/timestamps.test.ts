/** Tokens of real authorities, and tokens that chance has damaged: both readers of RFC 3161 say the same. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyStamp } from '@sereno/timestamp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  crossCertifiedToken,
  pemOf,
  rootCertificate,
  stampToken,
} from '../../packages/timestamp/src/authority.test-kit.ts'
import { flipped } from './forge.ts'

type Question = { readonly token: Uint8Array; readonly certificate: string }

const sha256 = new Uint8Array(createHash('sha256').update('what is stamped').digest())
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sereno-timestamps-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ours({ token, certificate }: Question): Promise<string> {
  const stamp = await verifyStamp(token, { sha256, certificates: [certificate] })
  return stamp.ok ? 'good' : stamp.code
}

function theirs(questions: readonly Question[]): readonly string[] {
  const driver = `
import json, sys
sys.path.insert(0, ${JSON.stringify(import.meta.dirname)})
sys.dont_write_bytecode = True
import rfc3161
said = []
for token, certificate in json.load(sys.stdin):
    try:
        rfc3161.judge(bytes.fromhex(token), bytes.fromhex("${Buffer.from(sha256).toString('hex')}"), [{"name": "a", "certificate": certificate}])
        said.append("good")
    except rfc3161.BadStamp as bad:
        said.append(bad.code)
print(json.dumps(said))
`
  const input = JSON.stringify(
    questions.map(({ token, certificate }) => [Buffer.from(token).toString('hex'), certificate]),
  )
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', driver], { input, encoding: 'utf8', timeout: 50_000 }))
}

test('a token with a bit exchanged, anywhere, counts for both or for neither', async () => {
  const token = stampToken(sha256)
  const certificate = pemOf(rootCertificate())
  const questions = Array.from({ length: Math.ceil(token.length / 3) }, (_, place) => ({
    token: flipped(token, place * 3),
    certificate,
  }))
  const said = theirs(questions)
  for (const [place, question] of questions.entries()) {
    expect(said[place] === 'good', `byte ${place * 3}`).toBe((await ours(question)) === 'good')
  }
  expect(said.filter((one) => one !== 'good').length).toBeGreaterThan(questions.length * 0.95)
}, 60_000)

test('whichever authorities of one name certified which, both look at as many signatures and say the same', async () => {
  const certificate = pemOf(rootCertificate())
  const questions = Array.from({ length: 15 }, (_, place) => place + 1).flatMap((own) =>
    (['own', 'root'] as const).map((last) => ({
      token: crossCertifiedToken(sha256, { own, others: 15 - own, last }),
      certificate,
    })),
  )
  const said = theirs(questions)
  expect(said).toEqual(await Promise.all(questions.map(ours)))
  expect(new Set(said)).toEqual(new Set(['good', 'unknown-authority', 'too-many-paths']))
}, 60_000)

const authorities = [
  { key: 'rsa:2048', curve: null, digest: 'sha256', code: 'good' },
  { key: 'rsa:3072', curve: null, digest: 'sha512', code: 'good' },
  { key: 'ec', curve: 'P-256', digest: 'sha256', code: 'good' },
  { key: 'ec', curve: 'P-384', digest: 'sha384', code: 'good' },
  { key: 'ec', curve: 'P-521', digest: 'sha512', code: 'good' },
  { key: 'rsa:1024', curve: null, digest: 'sha256', code: 'weak-key' },
  { key: 'ec', curve: 'secp256k1', digest: 'sha256', code: 'unsupported-algorithm' },
] as const

test.each(authorities)(
  'a token of openssl with $key $curve and $digest: $code',
  async (authority) => {
    const question = openSslToken(authority)
    expect([await ours(question), ...theirs([question])]).toEqual([authority.code, authority.code])
  },
  30_000,
)

/** A token that `openssl ts` made, with a root and a certificate of these kinds. */
function openSslToken({ key, curve, digest }: (typeof authorities)[number]): Question {
  const file = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', [...args], { cwd: folder, stdio: 'ignore' })
  }
  writeFileSync(file('serial'), '01\n')
  writeFileSync(file('openssl.cnf'), settings(digest))
  const options = curve === null ? [] : ['-pkeyopt', `ec_paramgen_curve:${curve}`]
  const fresh = ['req', '-newkey', key, ...options, '-nodes', `-${digest}`, '-config', 'openssl.cnf']
  openssl(
    ...fresh,
    '-x509',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Raíz',
    '-extensions',
    'ca',
  )
  openssl(...fresh, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Sello')
  const issue = ['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', `-${digest}`]
  openssl(...issue, '-out', 'tsa.pem', '-days', '20', '-extfile', 'openssl.cnf', '-extensions', 'tsa_ext')
  const imprint = Buffer.from(sha256).toString('hex')
  openssl('ts', '-query', '-digest', imprint, '-sha256', '-cert', '-out', 'query')
  const reply = [
    'ts',
    '-reply',
    '-config',
    'openssl.cnf',
    '-section',
    'tsa',
    '-queryfile',
    'query',
    '-signer',
    'tsa.pem',
  ]
  openssl(...reply, '-inkey', 'tsa.key', '-chain', 'ca.pem', '-token_out', '-out', 'token')
  return { token: new Uint8Array(readFileSync(file('token'))), certificate: readFileSync(file('ca.pem'), 'utf8') }
}

const settings = (digest: string): string => `
[req]
distinguished_name = name
utf8 = yes
[name]
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[tsa_ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
[tsa]
serial = ${join(folder, 'serial')}
default_policy = 1.2.3.4.1
signer_digest = ${digest}
digests = sha256
ess_cert_id_alg = ${digest}
crypto_device = builtin
`
