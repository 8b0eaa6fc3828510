import { Type } from 'typebox'
import { Me, RoleName } from './identity.ts'
import { Done, InstantMs, May, nullable, type Operations, Uuid, Words } from './operation.ts'

const Base64Url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength })
const Extensions = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())
const Attachment = Type.Optional(Type.String({ maxLength: 40 }))

/** PublicKeyCredential with an AuthenticatorAttestationResponse, as JSON (WebAuthn Level 3 §5.1). */
export const NewPasskey = Type.Object({
  id: Base64Url(1400),
  rawId: Base64Url(1400),
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: Base64Url(4000),
    attestationObject: Base64Url(20_000),
    authenticatorData: Type.Optional(Base64Url(4000)),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 20 }), { maxItems: 10 })),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
    publicKey: Type.Optional(Base64Url(4000)),
  }),
  authenticatorAttachment: Attachment,
  clientExtensionResults: Extensions,
})
/** PublicKeyCredential with an AuthenticatorAssertionResponse, as JSON. */
export const PasskeyAnswer = Type.Object({
  id: Base64Url(1400),
  rawId: Base64Url(1400),
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: Base64Url(4000),
    authenticatorData: Base64Url(4000),
    signature: Base64Url(2000),
    userHandle: Type.Optional(Base64Url(200)),
  }),
  authenticatorAttachment: Attachment,
  clientExtensionResults: Extensions,
})
export const Passkey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** Kept on several devices by a provider, or bound to one. */
  synced: Type.Boolean(),
  createdAt: InstantMs,
  usedAt: nullable(InstantMs),
})
const Provider = Type.Object({ name: Type.String() })
/** What is demanded of whoever changes what protects their account, unless they proved a factor just now. */
const proof = {
  password: Type.Optional(Type.String({ maxLength: 1024 })),
  code: Type.Optional(Type.String({ maxLength: 12 })),
}

export const accessOperations = {
  'GET /session/ways': {
    access: 'public',
    summary: 'How one can sign in here: passkeys at this address, an identity provider',
    reply: Type.Object({
      passkeys: Type.Boolean(),
      /** Where passkeys work when they do not at this address. */
      passkeysAt: nullable(Type.String()),
      provider: nullable(Provider),
    }),
  },
  'POST /session/passkey/challenge': {
    access: 'public',
    summary: 'What a passkey is asked to sign; once, five minutes',
    reply: Type.Object({ challenge: Type.String(), rpId: Type.String(), timeoutMs: Type.Integer() }),
  },
  'POST /session/passkey': {
    access: 'public',
    summary: 'Sign in with a discoverable passkey (WebAuthn, user verified): stands for password and code',
    body: PasskeyAnswer,
    reply: Me,
  },
  'POST /session/provider/begin': {
    access: 'public',
    summary: 'Begin signing in at the identity provider (OpenID Connect, PKCE): where the browser must go',
    reply: Type.Object({ url: Type.String() }),
  },
  'POST /session/provider': {
    access: 'public',
    summary: 'Finish it with the address the provider sent the browser back to',
    body: Type.Object({ query: Type.String({ maxLength: 4000 }) }),
    reply: Me,
  },
  'GET /me/passkeys': {
    access: 'self.read',
    summary: 'My passkeys',
    reply: Type.Object({
      passkeys: Type.Array(Passkey),
      available: Type.Boolean(),
      availableAt: nullable(Type.String()),
    }),
  },
  'POST /me/passkeys/challenge': {
    access: 'self.write',
    summary: 'Begin a passkey, after proving who I am',
    body: Type.Object(proof),
    reply: Type.Object({
      challenge: Type.String(),
      rpId: Type.String(),
      rpName: Type.String(),
      /** base64url */
      userId: Type.String(),
      userName: Type.String(),
      userDisplayName: Type.String(),
      exclude: Type.Array(Type.String()),
      algorithms: Type.Array(Type.Integer()),
      timeoutMs: Type.Integer(),
    }),
  },
  'POST /me/passkeys': {
    access: 'self.write',
    summary: 'Keep a new passkey under a name; an entry in the ledger',
    body: Type.Object({ name: Words(60), passkey: NewPasskey }),
    reply: Passkey,
  },
  'POST /me/passkeys/revoke': {
    access: 'self.write',
    summary: 'Revoke one of my passkeys and end my other sessions; an entry in the ledger',
    body: Type.Object({ id: Base64Url(1400), ...proof }),
    reply: Done,
  },
  'POST /me/proof': {
    access: 'self.write',
    summary: 'Prove a second factor again in this session: a code or a passkey',
    body: Type.Object({ code: Type.Optional(Type.String({ maxLength: 12 })), passkey: Type.Optional(PasskeyAnswer) }),
    reply: Me,
  },
  'GET /installation/access': {
    access: 'installation.read',
    summary: 'Which roles must prove a second factor, and the identity provider',
    reply: Type.Object({
      strongRoles: Type.Array(RoleName),
      isDefault: Type.Boolean(),
      provider: nullable(
        Type.Object({
          name: Type.String(),
          issuer: Type.String(),
          clientId: Type.String(),
          hasSecret: Type.Boolean(),
          claim: Type.String(),
          createsAccounts: Type.Boolean(),
          redirectUri: Type.String(),
        }),
      ),
      redirectUri: Type.String(),
      may: May,
    }),
  },
  'POST /installation/access/strong-roles': {
    access: 'installation.write',
    summary: 'Change which roles must prove a second factor; taking one away is a public entry of its own kind',
    body: Type.Object({ roles: Type.Array(RoleName), reason: Words(500) }),
    reply: Done,
  },
  'POST /installation/access/provider': {
    access: 'installation.write',
    summary: 'Set (or, with null, remove) the identity provider; it is asked for its keys first; an entry',
    body: Type.Object({
      provider: nullable(
        Type.Object({
          name: Words(60),
          issuer: Type.String({ pattern: '^https?://', maxLength: 300 }),
          clientId: Words(200),
          /** Left out: the one before stays. */
          clientSecret: Type.Optional(Type.String({ maxLength: 500 })),
          claim: Type.String({ pattern: '^[A-Za-z0-9_:./-]{1,60}$' }),
          createsAccounts: Type.Boolean(),
        }),
      ),
    }),
    reply: Done,
  },
  'GET /accounts/:id/passkeys': {
    access: 'account.read',
    summary: 'The passkeys of an account',
    params: Type.Object({ id: Uuid }),
    reply: Type.Object({ passkeys: Type.Array(Passkey) }),
  },
} as const satisfies Operations
