/** What is said while it works: a bar on a terminal, JSON lines for programs, plain lines for a journal. */
import path from 'node:path'
import type { Found } from './complete-file.ts'
import type { Sent } from './send-file.ts'

export type Told = {
  readonly progress: (found: Found, doneBytes: number, totalBytes: number) => void
  readonly sent: (found: Found, sent: Sent) => void
  readonly waits: (found: Found, why: string) => void
  readonly failed: (found: Found, code: string) => void
}

const words = {
  kept: 'guardado',
  known: 'ya estaba',
  changed: 'cambió',
} as const

export function createTold(
  json: boolean,
  out: NodeJS.WriteStream,
  nowMs: () => number = () => performance.now(),
): Told {
  const line = (about: object): void => void out.write(`${JSON.stringify(about)}\n`)
  const bar = !json && out.isTTY === true
  const clear = (): void => void (bar && out.write('\r\u001b[2K'))
  let shownAt = Number.NEGATIVE_INFINITY
  let begun = { path: '', atMs: 0, fromBytes: 0 }
  return {
    progress(found, doneBytes, totalBytes) {
      if (begun.path !== found.path) {
        begun = { path: found.path, atMs: nowMs(), fromBytes: doneBytes }
      }
      if (nowMs() - shownAt < (json ? 1000 : 100) && doneBytes < totalBytes) {
        return
      }
      shownAt = nowMs()
      const rate = (doneBytes - begun.fromBytes) / Math.max(1, nowMs() - begun.atMs) / 1000
      if (json) {
        line({ event: 'progress', file: found.path, doneBytes, totalBytes })
      } else if (bar) {
        const share = totalBytes === 0 ? 1 : doneBytes / totalBytes
        const filled = Math.round(share * 24)
        const picture = `${'█'.repeat(filled)}${'░'.repeat(24 - filled)}`
        const text = `${picture} ${Math.floor(share * 100)} % · ${rate.toFixed(0)} MB/s · ${path.basename(found.path)}`
        out.write(`\r\u001b[2K${text.slice(0, (out.columns ?? 80) - 1)}`)
      }
    },
    sent(found, sent) {
      clear()
      if (json) {
        line({
          event: sent.outcome,
          file: found.path,
          sha256: sent.sha256,
          recording: sent.recording,
          erased: sent.erased,
        })
      } else {
        out.write(
          `${words[sent.outcome]}  ${found.path}  ${sent.sha256.slice(0, 16)}…${sent.erased ? '  borrado del origen' : ''}\n`,
        )
      }
    },
    waits(found, why) {
      clear()
      if (json) {
        line({ event: 'waits', file: found.path, why })
      } else {
        out.write(`espera  ${found.path}  ${why}\n`)
      }
    },
    failed(found, code) {
      clear()
      if (json) {
        line({ event: 'failed', file: found.path, code })
      } else {
        out.write(`no se pudo  ${found.path}  ${code}\n`)
      }
    },
  }
}
