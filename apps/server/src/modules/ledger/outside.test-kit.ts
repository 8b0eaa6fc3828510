import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { temporaryFolder } from '../../test-kit/index.ts'
import type { Ledger } from './index.ts'

const cli = join(import.meta.dirname, '../../../../cli/src/main.ts')

/** The public log over HTTP, as strangers reach it. `ledger` may be exchanged: another database behind the same address. */
export async function servePublicLog(
  ledger: () => Ledger,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const app: FastifyInstance = fastify({ forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const [place, { method, url }] of ledger().files.entries()) {
    app.route({
      method: method ?? 'GET',
      url,
      handler: async (request, reply) => ledger().files[place]?.handle(request, reply),
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
}

export type WitnessProcess = {
  readonly url: string
  readonly name: string
  readonly vkeys: readonly string[]
  readonly stop: () => Promise<void>
}

/** `sereno witness` as somebody outside runs it; listening on a port of its own. */
export async function startWitness(
  args: readonly string[],
  folder = temporaryFolder('witness'),
): Promise<WitnessProcess> {
  const child = spawn(process.execPath, [cli, 'witness', '--folder', folder, '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the witness ended with ${code}: ${output}`)))
    child.stdout?.on('data', (piece: Buffer) => {
      output += piece.toString()
      if (output.includes('/add-checkpoint')) {
        resolve()
      }
    })
  })
  const vkeys = [...output.matchAll(/^ {2}(\S+\+[0-9a-f]{8}\+\S+)$/gm)].map(([, vkey]) => vkey ?? '').slice(0, 2)
  return {
    url: /(http:\S+)\/add-checkpoint/.exec(output)?.[1] ?? '',
    name: vkeys[0]?.split('+')[0] ?? '',
    vkeys,
    stop: () => ended(child),
  }
}

/** Runs a verb of the command line to its end. */
export async function sereno(
  ...args: readonly string[]
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  child.stderr.on('data', (piece: Buffer) => {
    output += piece.toString()
  })
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exitCode, output }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exit
  }
}

export type TestAuthority = { readonly url: string; readonly certificate: string; readonly close: () => Promise<void> }

/** A real RFC 3161 authority: `openssl ts` behind HTTP, with a chain of its own. */
export async function startAuthority(days = 3650): Promise<TestAuthority> {
  const folder = temporaryFolder('authority')
  const file = (name: string): string => join(folder, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file('serial'), '01\n')
  writeFileSync(file('openssl.cnf'), settings(folder))
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', [...args], { cwd: folder, stdio: 'ignore' })
  }
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-config', 'openssl.cnf']
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '7300',
    '-subj',
    '/CN=Raíz de prueba',
    '-extensions',
    'ca_ext',
  )
  openssl('req', ...fresh, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Sello de prueba')
  openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'tsa.pem',
    '-days',
    String(days),
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'tsa_ext',
  )
  const server: Server = createServer(async (request, response) => {
    const pieces: Uint8Array[] = []
    for await (const piece of request as AsyncIterable<Uint8Array>) {
      pieces.push(piece)
    }
    writeFileSync(file('query'), Buffer.concat(pieces))
    openssl(
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
      '-inkey',
      'tsa.key',
      '-chain',
      'ca.pem',
      '-out',
      'reply',
    )
    response.setHeader('content-type', 'application/timestamp-reply').end(readFileSync(file('reply')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/tsr`,
    certificate: readFileSync(file('ca.pem'), 'utf8'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const settings = (folder: string): string => `
[req]
distinguished_name = name
utf8 = yes
[name]
[ca_ext]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[tsa_ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
serial = ${folder}/serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
ess_cert_id_alg = sha256
crypto_device = builtin
`
