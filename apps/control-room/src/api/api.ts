import type {
  accessOperations,
  BodyOf,
  caseOperations,
  completenessOperations,
  derivativeOperations,
  destructionOperations,
  evidenceOperations,
  fleetOperations,
  guestOperations,
  handOverOperations,
  holdOperations,
  identityOperations,
  incidentOperations,
  installationOperations,
  intakeOperations,
  ledgerOperations,
  liveOperations,
  oversightOperations,
  ParamsOf,
  QueryOf,
  ReplyOf,
  retentionOperations,
  shareOperations,
  termOperations,
  territoryOperations,
  trackOperations,
} from '@sereno/contracts'

/** Every operation the control room may call. Types only: no schema travels to the browser. */
export type Api = typeof identityOperations &
  typeof installationOperations &
  typeof accessOperations &
  typeof ledgerOperations &
  typeof territoryOperations &
  typeof fleetOperations &
  typeof trackOperations &
  typeof evidenceOperations &
  typeof intakeOperations &
  typeof retentionOperations &
  typeof termOperations &
  typeof holdOperations &
  typeof destructionOperations &
  typeof completenessOperations &
  typeof liveOperations &
  typeof oversightOperations &
  typeof incidentOperations &
  typeof caseOperations &
  typeof derivativeOperations &
  typeof handOverOperations &
  typeof shareOperations &
  typeof guestOperations

export type OperationName = keyof Api & string
type Part<Name extends string, T> = T extends undefined
  ? { readonly [K in Name]?: never }
  : Record<string, never> extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T }
export type Given<K extends OperationName> = Part<'params', ParamsOf<Api[K]>> &
  Part<'query', QueryOf<Api[K]>> &
  Part<'body', BodyOf<Api[K]>>
export type Reply<K extends OperationName> = ReplyOf<Api[K]>

// the shapes the screens speak of
export type Me = Reply<'GET /me'>
export type Account = Me['account']
export type Installation = Reply<'GET /installation'>
export type Recording = Reply<'GET /recordings/:id'>['recording']
export type RecordingFile = Reply<'GET /recordings/:id'>
export type SegmentBox = RecordingFile['segments'][number]
export type Marker = RecordingFile['markers'][number]
export type TrackPoint = RecordingFile['track'][number]
export type CustodyEntry = Reply<'GET /recordings/:id/custody'>['entries'][number]
export type Look = Reply<'POST /recordings/:id/looks'>
export type Device = Reply<'GET /devices/:id'>
export type Officer = Reply<'GET /officers'>['officers'][number]
export type Watch = Reply<'POST /watches'>
export type Area = Reply<'GET /territory'>['areas'][number]
export type Line = Reply<'GET /territory'>['lines'][number]
export type Place = Reply<'GET /territory'>['places'][number]
export type Zone = Reply<'GET /territory'>['zones'][number]
export type CasePage = Reply<'GET /cases/:id'>
export type GuestCase = Reply<'GET /guest/case'>
export type LedgerEntry = Reply<'GET /ledger/entries'>['entries'][number]
