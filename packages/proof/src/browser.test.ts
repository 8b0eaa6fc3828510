import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBase64 } from './bytes.ts'
import { packageBytes, testTrust } from './package.test-kit.ts'

// The library runs where people are: in a page and in a worker, as it is, with nothing but its types taken out.
// What is run there is text, because the test runner rewrites functions.
const probeCode = `
  import * as proof from '/index.ts'
  export async function probe({ bytes, trust }) {
    const file = new File([proof.fromBase64(bytes)], 'package.zip')
    const { result } = await proof.verifyPackage(proof.blobSource(file), { trust })
    const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
    const signer = await proof.signerOf(pair.privateKey, proof.ed25519Key(raw))
    const opened = proof.openEnvelope(await proof.signEnvelope(signer, 'text/plain', proof.utf8('hola')))
    const verifier = await proof.importVerifier(signer.key)
    return { result, isSigned: await proof.isSignedBy(opened.value, verifier.value) }
  }
`
const workerCode = `
  import { probe } from '/probe.js'
  addEventListener('message', async ({ data }) => postMessage(await probe(data)))
`
const inPage = `import('/probe.js').then(({ probe }) => probe(GIVEN))`
const inWorker = `new Promise((resolve, reject) => {
  const worker = new Worker('/worker.js', { type: 'module' })
  worker.onmessage = ({ data }) => resolve(data)
  worker.onerror = ({ message }) => reject(new Error(message))
  worker.postMessage(GIVEN)
})`

let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname
    if (name.endsWith('.ts') && !name.includes('..')) {
      const source = await readFile(new URL(`.${name}`, import.meta.url), 'utf8')
      response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(source))
    } else if (name.endsWith('.js')) {
      response.setHeader('content-type', 'text/javascript').end(name === '/worker.js' ? workerCode : probeCode)
    } else {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>proof</title>')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})

afterAll(async () => {
  await browser?.close()
  await new Promise((resolve) => server.close(resolve))
})

test.each([
  ['a page', inPage],
  ['a worker', inWorker],
])('in %s: verifies a File, signs with a key that cannot be taken out', async (_, code) => {
  const given = JSON.stringify({ bytes: toBase64(await packageBytes()), trust: testTrust })
  expect(await page.evaluate(code.replace('GIVEN', () => given))).toEqual({ result: 'holds', isSigned: true })
})
