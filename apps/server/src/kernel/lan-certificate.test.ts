import { X509Certificate } from 'node:crypto'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test-kit/index.ts'
import { openLanCertificate } from './lan-certificate.ts'

describe('certificate for the local network', () => {
  const folder = path.join(temporaryFolder('tls'), 'tls')

  test('a client that trusts the authority connects by every name; one that does not, does not', async () => {
    const made = await openLanCertificate(folder, Date.now(), { dns: ['localhost'], ip: ['127.0.0.1'] })
    const server = createServer({ key: made.key, cert: made.cert }, (_request, reply) => reply.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const get = (host: string, ca?: string) =>
      new Promise<string>((resolve, reject) => {
        request({ host, port, ...(ca === undefined ? {} : { ca }), agent: false, family: 4 }, (reply) => {
          reply.setEncoding('utf8').on('data', resolve)
        })
          .on('error', reject)
          .end()
      })
    expect(await get('127.0.0.1', made.ca)).toBe('hello')
    expect(await get('localhost', made.ca)).toBe('hello')
    await expect(get('127.0.0.1')).rejects.toThrow()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(made.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  test('another address: the same authority, old names kept; near its end: made again', async () => {
    const before = await openLanCertificate(folder, Date.now(), { dns: ['localhost'], ip: ['127.0.0.1'] })
    const moved = await openLanCertificate(folder, Date.now(), { dns: ['localhost'], ip: ['127.0.0.1', '192.168.7.9'] })
    expect(moved.fingerprint).toBe(before.fingerprint)
    expect(moved.name).toBe('192.168.7.9')
    const back = await openLanCertificate(folder, Date.now(), { dns: ['localhost'], ip: ['127.0.0.1'] })
    expect(back.cert).toBe(moved.cert)
    const later = await openLanCertificate(folder, Date.now() + 380 * 86_400_000, { dns: ['localhost'], ip: [] })
    expect(later.cert).not.toBe(moved.cert)
    expect(later.ca).toBe(before.ca)
  })

  test('whoever trusts the authority trusts it for this machine and private networks, nothing else', async () => {
    const own = path.join(temporaryFolder('lan'), 'tls')
    const here = { dns: ['localhost'], ip: ['127.0.0.1'] }
    await openLanCertificate(own, Date.now(), here)
    const wandered = await openLanCertificate(own, Date.now(), { dns: ['bank.example'], ip: ['127.0.0.1', '8.8.8.8'] })
    const named = new X509Certificate(wandered.cert).subjectAltName ?? ''
    expect(named).toContain('127.0.0.1')
    expect(named).not.toMatch(/bank|8\.8\.8\.8/)
    // the same authority misused: without its list it signs anything, and no client believes it
    rmSync(path.join(own, 'permitted.json'))
    const misused = await openLanCertificate(own, Date.now(), { dns: ['bank.example'], ip: [] })
    expect(new X509Certificate(misused.cert).subjectAltName).toContain('bank.example')
    const server = createServer({ key: misused.key, cert: misused.cert }, (_request, reply) => reply.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const refused = await new Promise<string>((resolve) => {
      request({ host: '127.0.0.1', port, ca: misused.ca, servername: 'bank.example', agent: false }, () => resolve(''))
        .on('error', (error) => resolve(error.message))
        .end()
    })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(refused).toMatch(/permitted subtree/i)
  })

  test('the key is nobody else’s', () => {
    writeFileSync(path.join(folder, 'own'), '')
    expect(statSync(path.join(folder, 'authority.key')).mode & 0o077).toBe(0)
    expect(statSync(folder).mode & 0o077).toBe(0)
  })
})
