import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** What must never reach a log file, wherever it hangs in the logged object. */
const secretPaths = [
  'req.headers.authorization',
  'req.headers.cookie',
  '*.password',
  '*.token',
  '*.passphrase',
  '*.dataKey',
  'password',
  'token',
  'passphrase',
  'dataKey',
]

/** One JSON object a line. Query strings carry tokens on WebSockets, so only the path of an address is written. */
export function createLog(destination: DestinationStream, level = 'info'): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: secretPaths, censor: '[secret]' },
      serializers: {
        req: (request: { method?: string; url?: string; id?: string }) => ({
          method: request.method,
          path: request.url?.split('?')[0],
          id: request.id,
        }),
      },
    },
    destination,
  )
}

/** A log that says nothing; for commands whose output is read by people. */
export const silentLog: Log = pino({ level: 'silent' })
