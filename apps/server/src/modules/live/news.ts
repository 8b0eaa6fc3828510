import type { Permission } from '@sereno/contracts'

/** What the ledger tells of an entry that was just committed: fan-out topic `entries.<municipality>`. */
export type EntryTold = { readonly coarse: string; readonly subjects: readonly string[] }

export type News = ReturnType<typeof createNews>

/** Who may know that something of a kind changed at all: what the lists of it demand. What has no line is not told. */
const readers: Readonly<Record<string, Permission>> = {
  recording: 'recording.find',
  custody: 'recording.find',
  device: 'device.read',
  alarm: 'alarm.read',
  account: 'account.read',
  case: 'case.read',
  hold: 'retention.read',
  destruction: 'retention.read',
  rule: 'retention.read',
  ledger: 'ledger.read',
  territory: 'territory.read',
}
/** More than this in one second are told as their kind alone: every list of it is asked again. */
const mostOfAKind = 50

/**
 * What changed since the last flush, as topics for the room's `changed` message: `recording:<id>`, `device:<id>`. Each
 * change that a list shows is a ledger entry, so the entries' subjects say what to ask again; no module has to remember
 * to tell. Collected for a second, each topic once, so that a busy shift does not make every window ask all the time.
 */
export function createNews(send: (municipality: string, permission: Permission, topics: readonly string[]) => void) {
  const waiting = new Map<string, Set<string>>()

  function add(municipality: string, topics: readonly string[]): void {
    const known = waiting.get(municipality) ?? new Set<string>()
    waiting.set(municipality, known)
    for (const topic of topics) {
      known.add(topic)
    }
  }

  return {
    add,
    entry: (municipality: string, entry: EntryTold) => add(municipality, topicsOf(entry)),
    flush(): void {
      for (const [municipality, topics] of waiting) {
        for (const [kind, permission] of Object.entries(readers)) {
          const own = [...topics].filter((topic) => topic === kind || topic.startsWith(`${kind}:`))
          if (own.length > 0) {
            send(municipality, permission, own.length > mostOfAKind ? [kind] : own)
          }
        }
      }
      waiting.clear()
    },
  }
}

/** A look or a new head changes who is on the list of custody, not what the list of recordings shows. */
export function topicsOf({ coarse, subjects }: EntryTold): readonly string[] {
  if (coarse === 'person') {
    return ['account']
  }
  const isCustody = coarse === 'heads' || coarse === 'access' || coarse === 'live'
  return subjects.flatMap((subject) => {
    const [kind, id] = subject.split(':')
    if (kind === 'recording') {
      return [`${isCustody ? 'custody' : 'recording'}:${id}`]
    }
    return isCustody || kind === 'person' ? [] : [subject]
  })
}
