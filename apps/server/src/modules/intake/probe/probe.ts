/** Reads a kept file in the sandbox: bytes go in decrypted piece by piece, facts come out. It never fails: it answers null. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { isRoot } from '../../../kernel/accounts.ts'
import type { Log } from '../../../kernel/log.ts'
import { code, type MediaTools, nobody, spawnSandboxed } from '../sandbox.ts'
import { type Facts, FactsShape, type Reader } from './facts.ts'

/** Null: no container that is known here, or it could not be read within its limits. */
export type Probe = (reader: Reader) => Promise<Facts | null>

const script = fileURLToPath(new URL('./child.ts', import.meta.url))
const usualTimeoutMs = 60_000
/** What one file may make us read: a movie box at the end, tracks of text and telemetry. */
const mostReadBytes = 1024 * 1024 * 1024
const mostAnswerBytes = 64 * 1024 * 1024
const mostPieceBytes = 96 * 1024 * 1024

export function createProbe(tools: () => MediaTools, dataFolder: string, log: Log, timeoutMs = usualTimeoutMs): Probe {
  return (reader) =>
    new Promise((resolve) => {
      const { sandbox } = tools()
      const drop = isRoot() && sandbox !== 'bubblewrap-nobody' ? [String(nobody.uid), String(nobody.gid)] : []
      const child = spawnSandboxed(
        sandbox,
        [
          process.execPath,
          '--max-old-space-size=384',
          '--disable-warning=ExperimentalWarning',
          // Where no namespace hides our files (and in each that does) the engine itself opens nothing but its code.
          '--permission',
          `--allow-fs-read=${code}/*`,
          script,
          String(reader.sizeBytes),
          ...drop,
        ],
        {
          memoryBytes: 1536 * 1024 * 1024,
          cpuSeconds: 60,
          fileBytes: 0,
          folder: null,
          hidden: path.resolve(dataFolder),
          reads: [code, ...(process.execPath.startsWith('/usr/') ? [] : [process.execPath])],
          dropsItself: true,
        },
        'pipe',
      )
      let answer: Facts | null = null
      let text = ''
      let complaint = ''
      let readBytes = 0
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
      const give = async (offset: number, lengthBytes: number): Promise<void> => {
        const wanted = Math.max(0, Math.min(lengthBytes, mostPieceBytes))
        readBytes += wanted
        if (!Number.isSafeInteger(offset) || offset < 0 || readBytes > mostReadBytes) {
          child.kill('SIGKILL')
          return
        }
        const bytes = await reader.read(offset, wanted)
        const head = Buffer.alloc(4)
        head.writeUInt32BE(bytes.length)
        child.stdin?.write(head)
        child.stdin?.write(bytes)
      }
      child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
        if (text.length > mostAnswerBytes) {
          child.kill('SIGKILL')
          return
        }
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
          const line = text.slice(0, end)
          text = text.slice(end + 1)
          const said = saidBy(line)
          if (said === null) {
            child.kill('SIGKILL')
            return
          }
          if ('read' in said) {
            give(...said.read).catch(() => child.kill('SIGKILL'))
          } else {
            answer = said.facts
          }
        }
      })
      child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
        complaint = (complaint + piece).slice(-2_000)
      })
      child.stdin?.on('error', () => undefined)
      child.once('error', (error) => {
        complaint = error.message
      })
      child.once('close', (code) => {
        clearTimeout(timer)
        if (code !== 0) {
          log.warn({ code, complaint }, 'intake: a file could not be read in the sandbox')
        }
        resolve(answer)
      })
    })
}

const Said = Type.Union([
  Type.Object({ read: Type.Tuple([Type.Integer(), Type.Integer()]) }),
  Type.Object({ facts: Type.Union([FactsShape, Type.Null()]) }),
])

/** Null: it is not what our reader says. Whoever took it over may say anything. */
function saidBy(line: string): Static<typeof Said> | null {
  try {
    const said: unknown = JSON.parse(line)
    return Value.Check(Said, said) ? said : null
  } catch {
    return null
  }
}
