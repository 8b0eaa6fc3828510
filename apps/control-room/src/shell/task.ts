import type { Purpose } from '@sereno/contracts'
import { now } from '@sereno/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Reply } from '../api/api.ts'
import { call } from '../api/call.ts'
import { asked, changed } from '../api/queries.ts'
import { useMay } from './session.ts'

export type Task = NonNullable<Reply<'GET /me/task'>['task']>

const askAgainMs = 60_000

/** What the person in front is looking for, as the server remembers it; null when nothing is. */
export function useTask(): Task | null {
  const looks = [useMay('recording.view'), useMay('live.watch')].includes(true)
  const found = useQuery({ ...asked('GET /me/task', {}), enabled: looks, refetchInterval: askAgainMs })
  const task = found.data?.task ?? null
  return task === null || task.endsAt <= now() ? null : task
}

/** From the bar and from the palette: the bar shows how either goes. */
export const endingTask = {
  mutationKey: ['POST /me/task/end'],
  mutationFn: (): Promise<unknown> => call('POST /me/task/end', {}).then(taskChanged),
} as const
export const taskChanged = (): Promise<void> => changed('GET /me/task')

export type Why = {
  /** The task's purpose first: one key takes it. */
  readonly choices: readonly Purpose[]
  readonly purpose: Purpose | null
  readonly reference: string
  readonly choose: (purpose: Purpose) => void
  readonly refer: (reference: string) => void
  readonly task: Task | null
}

/**
 * What a look is for. Until somebody chooses otherwise it is `hint` (the page one came from says so), or the task in
 * hand, where the server permits that purpose here.
 */
export function useWhy(permitted: readonly Purpose[], hint?: Pick<Task, 'purpose' | 'reference'>): Why {
  const task = useTask()
  const [chosen, choose] = useState<Purpose | null>(null)
  const [typed, refer] = useState<string | null>(null)
  const known = [hint, task].find((one) => one != null && permitted.includes(one.purpose)) ?? null
  const choices =
    known === null ? permitted : [known.purpose, ...permitted.filter((purpose) => purpose !== known.purpose)]
  const purpose = chosen ?? choices[0] ?? null
  const reference = typed ?? (known !== null && purpose === known.purpose ? (known.reference ?? '') : '')
  return { choices, purpose, reference, choose, refer, task }
}
