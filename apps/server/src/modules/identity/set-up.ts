import type { BodyOf, installationOperations } from '@sereno/contracts'
import { noMunicipality, systemActor } from '../../kernel/actor.ts'
import type { Db } from '../../kernel/database.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Accounts } from './accounts.ts'
import { firstLinkMs } from './accounts.ts'
import { demonstrationAccounts, demonstrationMunicipality, demonstrationOfficerPlaces } from './demonstration.ts'
import type { IdentityDeps, Municipality } from './door.ts'
import { tokenHash } from './secrets.ts'
import type { Sessions } from './sessions.ts'
import type { SignedIn } from './sign-in.ts'
import {
  accountBySignIn,
  homeMunicipality,
  insertMunicipality,
  lockSetUp,
  replaceSetUpToken,
  takeSetUpToken,
} from './store.ts'

export type SetUpRequest = BodyOf<(typeof installationOperations)['POST /installation']>

/** From an empty database to a municipality with its log and its first people. */
export function createSetUp(deps: IdentityDeps & { readonly accounts: Accounts; readonly sessions: Sessions }) {
  const { database, clock, ids, ledger, accounts } = deps

  /** Municipality and log; refused when there is one. Whoever comes second waits for the lock and is refused. */
  async function found(
    tx: Db,
    given: Pick<Municipality, 'name' | 'timeZone' | 'fictitious' | 'telephone'> & {
      readonly origin: string | null
      readonly backupFolder: string | null
    },
  ): Promise<Municipality> {
    const id = ids.uuid()
    await insertMunicipality(tx, {
      municipality: id,
      name: given.name,
      time_zone: given.timeZone,
      fictitious: given.fictitious,
      origin: given.origin,
      backup_folder: given.backupFolder,
      telephone: given.telephone,
      strong_roles: null,
      created_at: clock.nowMs(),
    })
    await ledger.openLog(tx, id)
    await ledger.append(tx, {
      municipality: id,
      kind: 'installation.founded',
      coarse: 'installation',
      subjects: [`municipality:${id}`],
      actor: systemActor(id),
      fields: {
        installation: deps.config.installation,
        name: given.name,
        timeZone: given.timeZone,
        fictitious: String(given.fictitious),
        version: deps.config.version,
        ...(given.origin === null ? {} : { origin: given.origin }),
        ...(given.telephone === null ? {} : { telephone: given.telephone }),
      },
    })
    const { name, timeZone, fictitious, telephone } = given
    return { id, name, timeZone, fictitious, telephone }
  }

  async function setUp(
    given: SetUpRequest,
    source: string,
  ): Promise<SignedIn & { readonly municipality: Municipality; readonly links: { signIn: string; link: string }[] }> {
    const origin = originOf(given.origin)
    demandTimeZone(given.timeZone)
    return database.transaction(async (tx) => {
      await lockSetUp(tx)
      if ((await homeMunicipality(tx)) !== null) {
        throw new Refusal('installation.already-set-up')
      }
      if (!(await takeSetUpToken(tx, tokenHash(given.token)))) {
        throw new Refusal('access.link-expired')
      }
      const municipality = await found(tx, {
        name: given.municipality.trim(),
        timeZone: given.timeZone,
        fictitious: false,
        origin,
        backupFolder: given.backupFolder,
        telephone: given.telephone ?? null,
      })
      const system = systemActor(municipality.id)
      const account = await accounts.create(tx, system, municipality.id, {
        ...given.administrator,
        roles: ['administrator'],
      })
      const links: { signIn: string; link: string }[] = []
      for (const wanted of given.accounts) {
        const made = await accounts.create(tx, system, municipality.id, wanted)
        const link = await accounts.link(tx, system, municipality.id, made.id, firstLinkMs)
        links.push({ signIn: made.sign_in, link })
      }
      const opened = await deps.sessions.open(tx, account, { method: 'set-up', source })
      return { municipality, account, session: opened.id, token: opened.token, links }
    })
  }

  /** A new token for the first administrator; the one before is void. */
  async function newToken(): Promise<string> {
    const token = ids.token(32)
    await database.transaction((tx) =>
      replaceSetUpToken(tx, { municipality: noMunicipality, token_hash: tokenHash(token), created_at: clock.nowMs() }),
    )
    return token
  }

  async function seed(): Promise<Municipality> {
    return database.transaction(async (tx) => {
      await lockSetUp(tx)
      const known = await homeMunicipality(tx)
      if (known !== null) {
        return known
      }
      const municipality = await found(tx, { ...demonstrationMunicipality, origin: null, backupFolder: null })
      for (const account of demonstrationAccounts) {
        await accounts.create(tx, systemActor(municipality.id), municipality.id, { ...account, demonstration: true })
      }
      return municipality
    })
  }

  async function seedOfficers(
    municipality: string,
    officers: readonly { readonly id: string; readonly code: string; readonly name: string }[],
  ): Promise<void> {
    await database.transaction(async (tx) => {
      await lockSetUp(tx)
      for (const { id, code, name } of demonstrationOfficerPlaces.flatMap((place) => officers[place] ?? [])) {
        const signIn = code.toLowerCase()
        if ((await accountBySignIn(tx, municipality, signIn)) === null) {
          const account = { name, signIn, roles: ['officer'], officer: id, demonstration: true } as const
          await accounts.create(tx, systemActor(municipality), municipality, account)
        }
      }
    })
  }

  return { setUp, newToken, seed, seedOfficers }
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || (url.pathname !== '/' && url.pathname !== '')) {
    throw new Refusal('request.invalid', { where: 'body/origin' })
  }
  return url.origin
}

function demandTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('es', { timeZone: name })
  } catch {
    throw new Refusal('request.invalid', { where: 'body/timeZone' })
  }
}
