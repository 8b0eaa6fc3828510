import encodeQR from 'qr'
import type { ConsoleText } from './console-text.ts'
import { Unavailable } from './kernel/errors.ts'
import { AlreadyRunning } from './kernel/instance-lock.ts'
import { IncompatibleDatabase } from './kernel/migrations.ts'
import { MigrationRefused } from './kernel/postgres/roles.ts'
import type { Running } from './serve.ts'

/** What the terminal shows when the server is ready: at most ten lines, and on the local network a QR code. */
export function greeting(text: ConsoleText, version: string, running: Running): string {
  const lines = [text.ready(version, running.url)]
  const links = Object.entries(running.links)
  if (running.state === 'demonstration') {
    lines.push(links.length === 0 ? text.noLinksOnLan : text.fictitious)
  }
  if (running.state === 'set-up') {
    lines.push(text.setUp)
  }
  if (running.ledger !== 'open') {
    lines.push(running.ledger === 'stopped' ? text.ledgerStopped : text.restored)
  }
  const width = Math.max(0, ...links.map(([role]) => role.length))
  lines.push(...links.map(([role, url]) => `  ${role.padEnd(width)}  ${url}`))
  if (running.lan !== null) {
    lines.push(text.certificate(running.lan.fingerprint, running.lan.caFile), encodeQR(running.url, 'ascii'))
  }
  return lines.join('\n')
}

/** A sentence for the person at the terminal; for what nobody foresaw, the whole error. */
export function explain(
  text: ConsoleText,
  error: unknown,
  ...plain: readonly (new (
    message: string,
  ) => Error)[]
): string {
  if (error instanceof MigrationRefused) {
    return text.migrate(error.count)
  }
  if (error instanceof Unavailable) {
    return error.what === 'signer' ? text.signerAway : text.unavailable(error.what)
  }
  const isPlain = [AlreadyRunning, IncompatibleDatabase, ...plain].some((kind) => error instanceof kind)
  if (error instanceof Error && isPlain) {
    return error.message
  }
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return text.portTaken(Number(error.port))
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
