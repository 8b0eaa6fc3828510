import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { repositoryFolder } from '../config.ts'
import { AlreadyRunning, type InstanceLock, lockInstance } from '../kernel/instance-lock.ts'
import type { S3Settings } from '../kernel/storage/s3-client.ts'

export type RealS3 = { readonly settings: Omit<S3Settings, 'bucket' | 'lockDays'>; readonly stop: () => Promise<void> }

const run = promisify(execFile)
const starter = path.join(repositoryFolder, '../shared/tools/real-s3')
const startTimeoutMs = 300_000
const askAgainMs = 500

/**
 * A real S3 (Ceph's radosgw) for tests: the one that `SERENO_TEST_S3_ENDPOINT`, `…_ACCESS_KEY` and `…_SECRET_KEY` name, or
 * one started for them by the script beside the repository, which needs root. Null when there is neither: then the tests
 * that want it are skipped, and a line says so.
 */
export async function startRealS3(): Promise<RealS3 | null> {
  const { SERENO_TEST_S3_ENDPOINT: endpoint, SERENO_TEST_S3_ACCESS_KEY, SERENO_TEST_S3_SECRET_KEY } = process.env
  if (endpoint !== undefined) {
    const settings = settingsOf(endpoint, SERENO_TEST_S3_ACCESS_KEY ?? '', SERENO_TEST_S3_SECRET_KEY ?? '')
    return { settings, stop: async () => undefined }
  }
  if (!existsSync(starter) || process.getuid?.() !== 0) {
    console.warn('NOT RUN: tests against a real S3. Name one with SERENO_TEST_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY.')
    return null
  }
  const turn = await inTurn()
  const folder = mkdtempSync(path.join(tmpdir(), 'sereno-s3-'))
  const env = { ...process.env, REAL_S3_DIR: path.join(folder, 's3') }
  const stop = async (): Promise<void> => {
    await run(starter, ['stop'], { env }).finally(turn.release)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const { stdout } = await run(starter, ['start'], { env, timeout: startTimeoutMs })
    const said = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=', 2)),
    ) as Readonly<Record<string, string>>
    return { settings: settingsOf(said.S3_ENDPOINT ?? '', said.S3_ACCESS_KEY ?? '', said.S3_SECRET_KEY ?? ''), stop }
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
}

// Its ports are fixed: who comes second waits until the first has stopped it.
async function inTurn(): Promise<InstanceLock> {
  for (;;) {
    try {
      return lockInstance(path.join(tmpdir(), 'sereno-real-s3'), 'the S3 of the tests')
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) {
        throw error
      }
    }
    await pause(askAgainMs)
  }
}

function settingsOf(endpoint: string, accessKey: string, secretKey: string): RealS3['settings'] {
  return { endpoint, region: 'us-east-1', accessKey, secretKey }
}
