import { parseArgs } from 'node:util'

/** What a run was asked for. Times in milliseconds, `loss` from 0 to 1. */
export type Options = {
  readonly devices: number
  readonly minutes: number
  readonly url: string | null
  /** One-time administrator link of a server elsewhere. */
  readonly link: string | null
  readonly data: string | null
  readonly loss: number
  readonly offline: { readonly awayMs: number; readonly everyMs: number } | null
  readonly video: string | null
  readonly track: string | null
  readonly exportFolder: string | null
  readonly json: boolean
  readonly demonstration: boolean
  readonly stateFolder: string | null
}

export const usage = `npm run simulate -- [options]

  --devices N        virtual phones (default 40)
  --minutes M        how long they record (default 10)
  --url U            server to send to; without it one is started for the run
  --link L           one-time administrator link of that server (without it, its data folder is asked)
  --data FOLDER      data folder of that server, when it runs on this machine
  --loss P           share of requests that are lost, 0 to 0.9 (half of them after the server has answered)
  --offline A/E      without network for A of every E seconds, e.g. 30/120
  --video FILE       MP4 (H.264, optionally Opus) to carry instead of the clips that come with Sereno
  --track FILE.gpx   walk this track instead of wandering in the quadrant
  --export FOLDER    leave each finished recording's package and trust.json there
  --json             print one JSON object at the end: sent, acknowledged, retried, refused …`

/** Reads the command line. Throws with a sentence for people when it makes no sense. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      devices: { type: 'string', default: '40' },
      minutes: { type: 'string', default: '10' },
      url: { type: 'string' },
      link: { type: 'string' },
      data: { type: 'string' },
      loss: { type: 'string', default: '0' },
      offline: { type: 'string' },
      video: { type: 'string' },
      track: { type: 'string' },
      export: { type: 'string' },
      state: { type: 'string' },
      json: { type: 'boolean', default: false },
      demo: { type: 'boolean', default: false },
    },
  })
  return {
    devices: number('--devices', values.devices, 1, 2000),
    minutes: number('--minutes', values.minutes, 0.05, 24 * 60),
    url: values.url?.replace(/\/+$/, '') ?? null,
    link: values.link ?? null,
    data: values.data ?? null,
    loss: number('--loss', values.loss, 0, 0.9),
    offline: offline(values.offline),
    video: values.video ?? null,
    track: values.track ?? null,
    exportFolder: values.export ?? null,
    json: values.json,
    demonstration: values.demo,
    stateFolder: values.state ?? null,
  }
}

function number(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < minimum || value > maximum) {
    throw new Error(`${name} takes a number from ${minimum} to ${maximum}, not "${text}".`)
  }
  return value
}

function offline(text: string | undefined): Options['offline'] {
  if (text === undefined) {
    return null
  }
  const [away, every] = text.split('/').map(Number)
  if (!away || !every || away >= every) {
    throw new Error(`--offline takes seconds away of every so many seconds, e.g. 30/120, not "${text}".`)
  }
  return { awayMs: away * 1000, everyMs: every * 1000 }
}
