import { Type } from 'typebox'
import { caseKinds } from './cases.ts'
import { Derivative, OpenDerivative } from './derivatives.ts'
import { CustodyEntry, evidenceOperations, Recording } from './evidence.ts'
import { intakeOperations } from './intake.ts'
import { Watch } from './live.ts'
import { ById, Done, InstantMs, type Operations, Uuid } from './operation.ts'
import { guestRoles } from './permissions.ts'
import { LiveShare } from './shares.ts'

const Made = Type.Object({
  export: Uuid,
  entry: Uuid,
  promise: Type.String(),
  url: Type.String(),
  fileName: Type.String(),
  sizeBytes: Type.Integer(),
  expiresAt: InstantMs,
})
const OpenLook = Type.Object({
  look: Uuid,
  entry: Uuid,
  promise: Type.String(),
  policy: Type.String(),
  expiresAt: InstantMs,
  playlist: Type.String(),
  watermark: Type.String(),
})

/** What an outside account may do, and all it may do besides its own session. */
export const guestOperations = {
  'GET /guest/case': {
    access: 'shared.read',
    summary: 'The one case that was shared: what a guest sees of it, until when, and what is allowed',
    reply: Type.Object({
      code: Type.String(),
      title: Type.String(),
      kind: Type.Enum([...caseKinds]),
      municipality: Type.Object({ name: Type.String(), timeZone: Type.String(), fictitious: Type.Boolean() }),
      guest: Type.Object({
        name: Type.String(),
        role: Type.Enum([...guestRoles]),
        office: Type.String(),
        basis: Type.String(),
        download: Type.Boolean(),
        expiresAt: InstantMs,
      }),
      recordings: Type.Array(Recording),
      derivatives: Type.Array(Derivative),
      live: Type.Array(LiveShare),
      nowMs: InstantMs,
    }),
  },
  'GET /guest/recordings/:id': {
    access: 'shared.read',
    summary: 'One recording of the case: axis, marks, track',
    params: ById,
    reply: evidenceOperations['GET /recordings/:id'].reply,
  },
  'GET /guest/recordings/:id/custody': {
    access: 'shared.read',
    summary: 'Everything that was done with it',
    params: ById,
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /guest/recordings/:id/looks': {
    access: 'shared.view',
    summary: 'Open the footage: an entry, committed before the first byte',
    params: ById,
    reply: OpenLook,
  },
  'POST /guest/looks/:look/renew': {
    access: 'shared.view',
    summary: 'Go on watching',
    params: Type.Object({ look: Uuid }),
    reply: Type.Object({ expiresAt: InstantMs, entry: Uuid }),
  },
  'POST /guest/looks/:look/close': {
    access: 'shared.view',
    summary: 'Stop watching',
    params: Type.Object({ look: Uuid }),
    reply: Done,
  },
  'GET /guest/looks/:look/index.m3u8': {
    access: 'shared.view',
    summary: 'HLS playlist (RFC 8216)',
    params: Type.Object({ look: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks/:look/init.mp4': {
    access: 'shared.view',
    summary: 'Init segment',
    params: Type.Object({ look: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks/:look/:sequence': {
    access: 'shared.view',
    summary: 'A media segment (`<sequence>.m4s`)',
    params: Type.Object({ look: Uuid, sequence: Type.String({ pattern: '^[0-9]{1,10}\\.m4s$' }) }),
    reply: 'stream',
  },
  'GET /guest/recordings/:id/files': {
    access: 'shared.read',
    summary: 'The whole files of a recording of another camera, and what of them can be shown',
    params: ById,
    reply: intakeOperations['GET /recordings/:id/files'].reply,
  },
  'GET /guest/looks/:look/files/:sequence': {
    access: 'shared.view',
    summary:
      'A file as it is shown (the original, or `copy`, its viewing copy) through an open look; `Range` is honoured',
    params: Type.Object({ look: Uuid, sequence: Type.Integer({ minimum: 0 }) }),
    query: Type.Object({ copy: Type.Optional(Type.Boolean()) }),
    reply: 'stream',
  },
  'POST /guest/recordings/:id/exports': {
    access: 'shared.download',
    summary: 'Make an evidence package, where the share allows copies',
    params: ById,
    reply: Made,
  },
  'GET /guest/exports/:id/package.zip': {
    access: 'shared.download',
    summary: 'The package',
    params: ById,
    reply: 'stream',
  },
  'POST /guest/derivatives/:derivative/open': {
    access: 'shared.view',
    summary: 'Open a clip or still: an entry before its first byte',
    params: Type.Object({ derivative: Uuid }),
    reply: OpenDerivative,
  },
  'GET /guest/derivatives/:opening/file': {
    access: 'shared.view',
    summary: 'The clip or still',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
  'GET /guest/derivatives/:opening/lineage.json': {
    access: 'shared.view',
    summary: 'Where it comes from, signed',
    params: Type.Object({ opening: Uuid }),
    reply: 'stream',
  },
  'GET /guest/looks': {
    access: 'shared.read',
    summary: 'Everything that was recorded about me here: each entrance, look and copy',
    reply: Type.Object({ entries: Type.Array(CustodyEntry) }),
  },
  'POST /guest/live/:live/watch': {
    access: 'shared.live',
    summary: 'See the unit live: an entry before the first frame, shown to the officer',
    params: Type.Object({ live: Uuid }),
    reply: Watch,
  },
  'POST /guest/watches/:id/renew': {
    access: 'shared.live',
    summary: 'Go on watching (each grant lives 60 s)',
    params: ById,
    reply: Type.Object({ expiresAt: InstantMs, grant: Type.String() }),
  },
  'POST /guest/watches/:id/close': { access: 'shared.live', summary: 'Stop watching', params: ById, reply: Done },
} as const satisfies Operations
