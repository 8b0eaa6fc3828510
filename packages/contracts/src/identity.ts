import { Type } from 'typebox'
import { Done, InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'
import { permissions, roles, staffRoles } from './permissions.ts'
import { purposes } from './purposes.ts'

export const RoleName = Type.Enum([...roles])
/** What an administrator may give: guests are made from a case. */
export const StaffRoleName = Type.Enum([...staffRoles])
export const Account = Type.Object({
  id: Uuid,
  name: Words(120),
  signIn: Words(120),
  roles: Type.Array(RoleName),
  officer: nullable(Uuid),
  active: Type.Boolean(),
  secondFactor: Type.Boolean(),
  lastSeenAt: nullable(InstantMs),
  may: May,
})
export const Me = Type.Object({
  account: Account,
  municipality: Type.Object({ id: Uuid, name: Type.String(), timeZone: Type.String(), fictitious: Type.Boolean() }),
  permissions: Type.Array(Type.Enum([...permissions])),
  session: Type.Object({ startedAt: InstantMs, idleAt: InstantMs, endsAt: InstantMs }),
  factor: Type.Object({
    /** Until one is proven in this session, nothing but one's own account is open. */
    demanded: Type.Boolean(),
    /** When one was last proven in this session. */
    provenAt: nullable(InstantMs),
    code: Type.Boolean(),
    passkey: Type.Boolean(),
  }),
  language: Type.Union([Type.Literal('es'), Type.Literal('en')]),
})

export const identityOperations = {
  'POST /session': {
    access: 'public',
    summary: 'Sign in with name and password (and a TOTP code when the account has a second factor)',
    body: Type.Object({
      signIn: Words(120),
      password: Type.String({ maxLength: 1024 }),
      code: Type.Optional(Type.String({ maxLength: 12 })),
    }),
    reply: Me,
  },
  'POST /session/link': {
    access: 'public',
    summary: 'Sign in with a one-time link token (and a TOTP code when the account has a second factor)',
    body: Type.Object({
      token: Type.String({ minLength: 20, maxLength: 200 }),
      code: Type.Optional(Type.String({ maxLength: 12 })),
    }),
    reply: Me,
  },
  'DELETE /session': { access: 'self.write', summary: 'Sign out', reply: Done },
  'GET /me': { access: 'self.read', summary: 'Who I am, what I may do, until when', reply: Me },
  'GET /me/task': {
    access: 'self.read',
    summary:
      'The purpose I am looking for now, with its reference and until when it is remembered; offered, never applied',
    reply: Type.Object({
      task: nullable(
        Type.Object({
          purpose: Type.Enum([...purposes]),
          reference: nullable(Type.String()),
          sinceAt: InstantMs,
          endsAt: InstantMs,
        }),
      ),
    }),
  },
  'POST /me/task/end': { access: 'self.write', summary: 'Put the task down: the next look asks anew', reply: Done },
  'POST /me/password': {
    access: 'self.write',
    summary: 'Set or change my password',
    body: Type.Object({
      /** Demanded of an account that has a password; `code` of one that has a second factor. */
      current: Type.Optional(Type.String({ maxLength: 1024 })),
      code: Type.Optional(Type.String({ maxLength: 8 })),
      next: Type.String({ minLength: 12, maxLength: 1024 }),
    }),
    reply: Done,
  },
  'POST /me/second-factor': {
    access: 'self.write',
    summary: 'Begin a TOTP second factor (RFC 6238): the secret is shown once',
    /** The current password, where the account has one, and a code of the factor that is replaced. */
    body: Type.Object({
      password: Type.Optional(Type.String({ maxLength: 1024 })),
      code: Type.Optional(Type.String({ maxLength: 8 })),
    }),
    reply: Type.Object({ secret: Type.String(), uri: Type.String() }),
  },
  'POST /me/second-factor/confirm': {
    access: 'self.write',
    summary: 'Confirm the second factor with a code',
    body: Type.Object({ code: Type.String({ minLength: 6, maxLength: 8 }) }),
    reply: Done,
  },
  'POST /me/language': {
    access: 'self.write',
    summary: 'The language I read',
    body: Type.Object({ language: Type.Union([Type.Literal('es'), Type.Literal('en')]) }),
    reply: Done,
  },
  'GET /accounts': {
    access: 'account.read',
    summary: 'Accounts of the municipality',
    reply: Type.Object({ accounts: Type.Array(Account) }),
  },
  'POST /accounts': {
    access: 'account.write',
    summary: 'Create an account; replies with a one-time link for its first sign-in',
    body: Type.Object({
      name: Words(120),
      signIn: Words(120),
      roles: Type.Array(StaffRoleName, { minItems: 1 }),
      /** The officer this person is, when the same human being also records. */
      officer: Type.Optional(Uuid),
    }),
    reply: Type.Object({ account: Account, link: Type.String() }),
  },
  'POST /accounts/:id/roles': {
    access: 'account.write',
    summary: 'Change the roles of an account; an entry in the ledger',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ roles: Type.Array(StaffRoleName, { minItems: 1 }), reason: Words(500) }),
    reply: Account,
  },
  'POST /accounts/:id/officer': {
    access: 'account.write',
    summary: 'Join an account to the officer its holder is, or part them (null); ends its sessions; an entry',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ officer: nullable(Uuid), reason: Words(500) }),
    reply: Account,
  },
  'POST /accounts/:id/close': {
    access: 'account.write',
    summary: 'Close an account and its sessions; an entry in the ledger',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: Words(500) }),
    reply: Account,
  },
  'POST /accounts/:id/second-factor/remove': {
    access: 'account.write',
    summary: 'Remove a lost second factor and end the sessions of the account; an entry in the ledger',
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: Words(500) }),
    reply: Account,
  },
  'POST /accounts/:id/link': {
    access: 'account.write',
    summary: 'A new one-time sign-in link',
    params: Type.Object({ id: Uuid }),
    reply: Type.Object({ link: Type.String() }),
  },
} as const satisfies Operations

/** As it is dialled from a phone: digits, spaces, and a leading +. */
export const Telephone = Type.String({ minLength: 3, maxLength: 24, pattern: '^\\+?[0-9][0-9 ]*$' })

export const installationOperations = {
  'GET /installation': {
    access: 'public',
    summary: 'What a client must know before anybody signs in',
    reply: Type.Object({
      state: Type.Union([Type.Literal('set-up'), Type.Literal('ready')]),
      installation: Uuid,
      municipality: nullable(
        Type.Object({ id: Uuid, name: Type.String(), timeZone: Type.String(), fictitious: Type.Boolean() }),
      ),
      version: Type.String(),
      origin: nullable(Type.String()),
      map: Type.Object({ styleUrl: nullable(Type.String()), pmtilesUrl: nullable(Type.String()) }),
      nowMs: InstantMs,
    }),
  },
  'POST /installation': {
    access: 'public',
    summary: 'First set-up, with the one-use administrator token printed at start',
    body: Type.Object({
      token: Type.String({ minLength: 20, maxLength: 200 }),
      municipality: Words(120),
      timeZone: Words(60),
      origin: Words(300),
      administrator: Type.Object({
        name: Words(120),
        signIn: Words(120),
        password: Type.String({ minLength: 12, maxLength: 1024 }),
      }),
      accounts: Type.Array(
        Type.Object({ name: Words(120), signIn: Words(120), roles: Type.Array(StaffRoleName, { minItems: 1 }) }),
        { maxItems: 50 },
      ),
      backupFolder: nullable(Words(500)),
      telephone: Type.Optional(nullable(Telephone)),
    }),
    reply: Type.Object({ me: Me, links: Type.Array(Type.Object({ signIn: Type.String(), link: Type.String() })) }),
  },
  'GET /installation/contact': {
    access: 'installation.read',
    summary: 'How officers reach the control room by voice',
    reply: Type.Object({ telephone: nullable(Type.String()), may: May }),
  },
  'POST /installation/contact': {
    access: 'installation.write',
    summary: 'Change it; an entry in the ledger. Phones learn it within a minute',
    body: Type.Object({ telephone: nullable(Telephone) }),
    reply: Done,
  },
  'GET /health': {
    access: 'installation.read',
    summary: 'The state of the installation: disk, database, ledger, signer, each with its age',
    reply: Type.Object({
      nowMs: InstantMs,
      diskFreeBytes: Type.Integer(),
      diskSizeBytes: Type.Integer(),
      ingestOpen: Type.Boolean(),
      ledger: Type.Object({ size: Type.Integer(), committed: Type.Integer(), checkpointAt: nullable(InstantMs) }),
      signer: Type.Boolean(),
      startedAt: InstantMs,
    }),
  },
} as const satisfies Operations
