/** All that an outside account can reach besides its own session. */
import { guestOperations } from '@sereno/contracts'
import type { Scope } from '../../kernel/actor.ts'
import { Refusal } from '../../kernel/errors.ts'
import { type RouteTable, routes } from '../../kernel/http.ts'
import type { CasesDeps } from './door.ts'
import {
  enterCase,
  exportAsGuest,
  guestAt,
  guestOf,
  lookAsGuest,
  lookStill,
  openAsGuest,
  openStill,
  refusedTo,
  renewAsGuest,
  shownStill,
  watchLive,
} from './guest.ts'
import { sendDerivative, sendLineage } from './open-derivative.ts'
import { derivativeView, liveView, type RecordingOf } from './present.ts'
import { sendPackage } from './routes.ts'
import { idsOf } from './share.ts'
import { recordingsOf } from './store.ts'
import { derivativesOf, liveSharesOf } from './store-copies.ts'
import type { ShareRow } from './tables.ts'

const done = { ok: true } as const

export function guestRoutes(deps: CasesDeps): RouteTable {
  const { db } = deps.database
  const { offer } = deps.evidence

  /** What the guest's own screens offer; each is decided again when it is done. */
  const asGuest =
    (share: ShareRow) =>
    (recording: RecordingOf): RecordingOf => {
      const may = recording.quarantined || recording.destroyed ? [] : ['recording.view', 'recording.custody']
      const copies = share.download && recording.state === 'sealed' && may.length > 0 ? ['recording.export'] : []
      // Our own words about it, and where it was, are not among what was shared.
      return { ...recording, held: false, note: null, start: null, quadrant: null, may: [...may, ...copies] }
    }

  async function shared(scope: Scope) {
    const { share, row } = await enterCase(deps, scope)
    const family = await idsOf(db, scope, row)
    const [inCase, derivatives, live] = await Promise.all([
      recordingsOf(db, row.root),
      derivativesOf(db, family),
      liveSharesOf(db, family),
    ])
    const isOpen = await Promise.all(
      inCase.map(async ({ recording: id }) => {
        const attributes = await offer.attributes(scope, id)
        return refusedTo(deps, { share, row }, 'shared.view', { id, attributes }) === null
      }),
    )
    const ids = inCase.map(({ recording }) => recording).filter((_, place) => isOpen[place])
    const home = deps.identity.municipality()
    return {
      code: row.code,
      title: row.title,
      kind: row.kind,
      municipality: {
        name: home?.name ?? '',
        timeZone: home?.timeZone ?? 'UTC',
        fictitious: home?.fictitious ?? false,
      },
      guest: {
        name: share.name,
        role: share.role,
        office: share.office,
        basis: share.basis,
        download: share.download,
        expiresAt: share.expires_at,
      },
      recordings: (await offer.views(scope, ids)).map(asGuest(share)),
      derivatives: derivatives.filter(({ recording }) => ids.includes(recording)).map(derivativeView),
      live: live
        .filter((one) => one.share === share.id && one.ended_at === null && one.until_at > deps.clock.nowMs())
        .map((one) => liveView(one, share.name)),
      nowMs: deps.clock.nowMs(),
    }
  }

  return routes(guestOperations, {
    'GET /guest/case': ({ scope }) => shared(scope),
    'GET /guest/recordings/:id': async ({ scope, params }) => {
      const { share } = await guestAt(deps, scope, 'shared.read', params.id)
      const detail = await offer.detail(scope, params.id)
      return {
        recording: asGuest(share)(detail.recording),
        // Marks name staff and other matters; a share says nothing of positions, so none are told.
        markers: [],
        segments: [...detail.segments],
        track: [],
        purposes: { view: ['request'], export: share.download ? ['request'] : [] },
      }
    },
    'GET /guest/recordings/:id/custody': async ({ scope, params }) => {
      const { row } = await guestAt(deps, scope, 'shared.read', params.id)
      const audience = { account: scope.actor.id, case: row.code }
      return { entries: [...(await offer.custody(scope, params.id, audience))] }
    },
    'POST /guest/recordings/:id/looks': ({ scope, params }) => lookAsGuest(deps, scope, params.id),
    'POST /guest/looks/:look/renew': ({ scope, params }) => renewAsGuest(deps, scope, params.look),
    'POST /guest/looks/:look/close': async ({ scope, params }) => {
      await offer.looks.close(scope, params.look)
      return done
    },
    'GET /guest/looks/:look/index.m3u8': async ({ scope, params, reply }) => {
      await lookStill(deps, scope, params.look)
      await offer.footage.playlist(scope, params.look, reply)
    },
    'GET /guest/looks/:look/init.mp4': async ({ scope, params, reply }) => {
      await lookStill(deps, scope, params.look)
      await offer.footage.init(scope, params.look, reply)
    },
    'GET /guest/looks/:look/:sequence': async ({ scope, params, reply }) => {
      await lookStill(deps, scope, params.look)
      await offer.footage.segment(scope, params.look, Number.parseInt(params.sequence, 10), reply)
    },
    'POST /guest/recordings/:id/exports': ({ scope, params }) => exportAsGuest(deps, scope, params.id),
    'GET /guest/exports/:id/package.zip': async ({ scope, params, reply }) => {
      await guestOf(deps, scope)
      const made = await offer.exports.fetch(scope, params.id)
      await guestAt(deps, scope, 'shared.download', made.recording)
      await sendPackage(reply, made)
    },
    'POST /guest/derivatives/:derivative/open': ({ scope, params }) => openAsGuest(deps, scope, params.derivative),
    'GET /guest/derivatives/:opening/file': async ({ scope, params, reply }) => {
      await openStill(deps, scope, params.opening)
      await sendDerivative(deps, scope, params.opening, reply)
    },
    'GET /guest/derivatives/:opening/lineage.json': async ({ scope, params, reply }) => {
      await openStill(deps, scope, params.opening)
      await sendLineage(deps, scope, params.opening, reply)
    },
    'GET /guest/recordings/:id/files': async ({ scope, params }) => {
      await guestAt(deps, scope, 'shared.read', params.id)
      // What cannot be shown is named with its hash, and its bytes leave in a package only.
      return { files: [...(await deps.intake.play.files(scope, params.id))] }
    },
    'GET /guest/looks/:look/files/:sequence': async ({ scope, params, query, request, reply }) => {
      const shown = await shownStill(deps, scope, params.look, params.sequence)
      if ((query.copy === true) !== (shown === 'copy')) {
        throw new Refusal('request.not-found')
      }
      await deps.intake.play.send(
        scope,
        params.look,
        { sequence: params.sequence, copy: shown === 'copy' },
        request,
        reply,
      )
    },
    'GET /guest/looks': async ({ scope }) => {
      await guestOf(deps, scope)
      return { entries: [...(await deps.ledger.entriesOf(scope, `person:${scope.actor.id}`))] }
    },
    'POST /guest/live/:live/watch': ({ scope, params }) => watchLive(deps, scope, params.live),
    'POST /guest/watches/:id/renew': async ({ scope, params }) => {
      await guestOf(deps, scope)
      return deps.live.guests.renew(scope, params.id)
    },
    'POST /guest/watches/:id/close': async ({ scope, params }) => {
      await deps.live.guests.close(scope, params.id)
      return done
    },
  })
}
