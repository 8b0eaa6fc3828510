import type { Role } from '@sereno/contracts'
import type { Given } from '../../api/api.ts'

export type Person = {
  readonly key: number
  readonly name: string
  readonly signIn: string
  readonly roles: readonly Role[]
}
/** What the first administrator has typed so far; it lives in the window until the last step. */
export type Draft = {
  readonly municipality: string
  readonly timeZone: string
  readonly origin: string
  /** The control room's, for officers to call; may stay empty. */
  readonly telephone: string
  readonly name: string
  readonly signIn: string
  readonly password: string
  readonly people: readonly Person[]
  readonly backupFolder: string
}

export const emptyDraft = (timeZone: string, origin: string): Draft => ({
  municipality: '',
  timeZone,
  origin,
  telephone: '',
  name: '',
  signIn: '',
  password: '',
  people: [],
  backupFolder: '',
})

export function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/** As the contract takes it; empty is no number. */
export function isTelephone(telephone: string): boolean {
  const typed = telephone.trim()
  return typed === '' || /^\+?[0-9][0-9 ]{2,23}$/.test(typed)
}

export const toBody = (token: string, draft: Draft): NonNullable<Given<'POST /installation'>['body']> => ({
  token,
  municipality: draft.municipality.trim(),
  timeZone: draft.timeZone.trim(),
  origin: draft.origin.trim().replace(/\/+$/, ''),
  administrator: { name: draft.name.trim(), signIn: draft.signIn.trim(), password: draft.password },
  accounts: draft.people.map(({ name, signIn, roles }) => ({
    name: name.trim(),
    signIn: signIn.trim(),
    roles: [...roles],
  })),
  telephone: draft.telephone.trim() === '' ? null : draft.telephone.trim(),
  backupFolder: draft.backupFolder.trim() === '' ? null : draft.backupFolder.trim(),
})
