import type { PackedTimestamp } from '@sereno/proof'
import { sql } from 'kysely'
import type { Db } from '../../kernel/database.ts'

export type Authority = {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly certificate: string
}

export type StampKind = 'manifest' | 'checkpoint' | 'renewal'

export type Wish = {
  readonly id: string
  readonly municipality: string
  readonly kind: StampKind
  readonly subject: string
  readonly sha256: Uint8Array
}

export type KeptStamp = {
  readonly id: string
  readonly kind: StampKind
  readonly subject: string
  readonly authority: string
  readonly token: Uint8Array
  readonly sha256: Uint8Array
  readonly stampedAt: number
  readonly expiresAt: number
}

type AuthorityRow = Authority & { readonly stampedAt: number | null; readonly problem: string | null }

export async function authoritiesOf(db: Db, municipality: string): Promise<readonly AuthorityRow[]> {
  const { rows } = await sql<Authority & { stamped_at: number | null; problem: string | null }>`
    select a.id, a.name, a.url, a.certificate, c.problem,
      (select max(stamped_at) from stamp s where s.authority = a.id) as stamped_at
    from time_authority a left join authority_contact c on c.authority = a.id
    where a.municipality = ${municipality} and a.removed_at is null order by a.name`.execute(db)
  return rows.map(({ stamped_at: stampedAt, ...row }) => ({
    ...row,
    stampedAt: stampedAt === null ? null : Number(stampedAt),
  }))
}

/** With those that were removed: what they stamped stays good. */
export async function certificatesOf(
  db: Db,
  municipality: string,
): Promise<readonly { readonly name: string; readonly certificate: string }[]> {
  const { rows } = await sql<{ name: string; certificate: string }>`
    select distinct on (certificate) name, certificate from time_authority where municipality = ${municipality}
    order by certificate, added_at`.execute(db)
  return rows
}

export async function insertAuthority(
  tx: Db,
  authority: Authority & { readonly municipality: string; readonly addedAt: number },
): Promise<void> {
  const { id, municipality, name, url, certificate, addedAt } = authority
  await sql`insert into time_authority (id, municipality, name, url, certificate, added_at)
    values (${id}, ${municipality}, ${name}, ${url}, ${certificate}, ${addedAt})`.execute(tx)
}

export async function removeAuthority(tx: Db, municipality: string, id: string, nowMs: number): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    update time_authority set removed_at = ${nowMs}
    where municipality = ${municipality} and id = ${id} and removed_at is null returning name`.execute(tx)
  return rows[0]?.name ?? null
}

export async function noteAuthority(
  db: Db,
  municipality: string,
  contact: { readonly authority: string; readonly atMs: number; readonly problem: string | null },
): Promise<void> {
  await sql`insert into authority_contact (municipality, authority, tried_at, problem)
    values (${municipality}, ${contact.authority}, ${contact.atMs}, ${contact.problem})
    on conflict (authority) do update set tried_at = excluded.tried_at, problem = excluded.problem`.execute(db)
}

/** Wishes once; the same again is the same wish. */
export async function wish(tx: Db, wanted: Wish & { readonly wishedAt: number }): Promise<void> {
  await sql`insert into stamp_wish (id, municipality, kind, subject, sha256, wished_at)
    values (${wanted.id}, ${wanted.municipality}, ${wanted.kind}, ${wanted.subject}, ${wanted.sha256}, ${wanted.wishedAt})
    on conflict (municipality, kind, subject) do nothing`.execute(tx)
}

/** What ends sooner is renewed no more: a renewal after the end proves nothing, and a verifier fails it. */
const latestRenewalMs = 3_600_000

// The newest stamp of an authority shows until when it stamps now: only one that lasts longer renews anything.
const lasting = (expiresAt: ReturnType<typeof sql>, authority: ReturnType<typeof sql>) => sql`
  (select max(n.expires_at) from stamp n where n.authority = ${authority}) > ${expiresAt}`

/**
 * Wishes that an authority has not granted yet, oldest first. A renewal is asked of those only that stamp for longer
 * than what is renewed: with a certificate that ends soon each renewal would want the next one at once.
 */
export async function openWishes(
  db: Db,
  municipality: string,
  authority: string,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<readonly Wish[]> {
  const { rows } = await sql<Wish>`
    select w.id, w.municipality, w.kind, w.subject, w.sha256 from stamp_wish w
    where w.municipality = ${municipality}
      and not exists (select from stamp s where s.wish = w.id and s.authority = ${authority})
      and (w.kind <> 'renewal' or exists (select from stamp o
        where o.id::text = w.subject and o.expires_at > ${nowMs + latestRenewalMs}
          and ${lasting(sql`o.expires_at`, sql`${authority}`)}))
    order by w.wished_at limit ${limit}`.execute(db)
  return rows.map((row) => ({ ...row, sha256: new Uint8Array(row.sha256) }))
}

export async function insertStamp(
  db: Db,
  kept: {
    readonly id: string
    readonly municipality: string
    readonly wish: string
    readonly authority: string
    readonly token: Uint8Array
    readonly stampedAt: number
    readonly expiresAt: number
  },
): Promise<void> {
  await sql`insert into stamp (id, municipality, wish, authority, token, stamped_at, expires_at)
    values (${kept.id}, ${kept.municipality}, ${kept.wish}, ${kept.authority}, ${kept.token}, ${kept.stampedAt},
      ${kept.expiresAt}) on conflict (wish, authority) do nothing`.execute(db)
}

// No renewal of it outlives it.
const unrenewed = sql`not exists (select from stamp_wish r join stamp t on t.wish = r.id
  where r.kind = 'renewal' and r.subject = s.id::text and t.expires_at > s.expires_at)`
const stampColumns = sql`s.id, w.kind, w.subject, a.name as authority, s.token, w.sha256, s.stamped_at, s.expires_at`

type StampRow = Omit<KeptStamp, 'stampedAt' | 'expiresAt'> & {
  readonly stamped_at: number
  readonly expires_at: number
}

export async function stampsOf(
  db: Db,
  municipality: string,
  about: { readonly kind: StampKind; readonly subject: string },
): Promise<readonly KeptStamp[]> {
  const { rows } = await sql<StampRow>`
    select ${stampColumns} from stamp s join stamp_wish w on w.id = s.wish join time_authority a on a.id = s.authority
    where s.municipality = ${municipality} and w.kind = ${about.kind} and w.subject = ${about.subject}
    order by s.stamped_at, s.id`.execute(db)
  return rows.map(keptStamp)
}

/** Renewals of renewals that a package has names for. */
const deepestRenewal = 15

/** The stamps on a manifest as a package carries them: each with the stamps that renew it, down to the newest. */
export async function packedStamps(
  db: Db,
  municipality: string,
  manifestSha256: string,
): Promise<readonly PackedTimestamp[]> {
  const held = await stampsOf(db, municipality, { kind: 'manifest', subject: manifestSha256 })
  const packed: PackedTimestamp[] = []
  const pack = async ({ id, token }: KeptStamp, name: string, renewal: readonly number[]): Promise<void> => {
    if (renewal.length > deepestRenewal) {
      return
    }
    packed.push({ over: 'manifest', name, token, renewal })
    const renewals = await stampsOf(db, municipality, { kind: 'renewal', subject: id })
    for (const [place, renewed] of renewals.entries()) {
      await pack(renewed, name, [...renewal, place + 1])
    }
  }
  for (const [place, stamp] of held.entries()) {
    await pack(stamp, `sello-${place + 1}`, [])
  }
  return packed
}

/** Stamps that end before the instant and that no later one vouches for. */
export async function expiringStamps(db: Db, municipality: string, beforeMs: number): Promise<readonly KeptStamp[]> {
  const { rows } = await sql<StampRow>`
    select ${stampColumns} from stamp s join stamp_wish w on w.id = s.wish join time_authority a on a.id = s.authority
    where s.municipality = ${municipality} and s.expires_at < ${beforeMs} and ${unrenewed}
    order by s.expires_at limit 1000`.execute(db)
  return rows.map(keptStamp)
}

/** Of these, those that have not ended yet and that an authority of today would stamp for longer. */
export async function renewableStamps(
  db: Db,
  municipality: string,
  { nowMs, beforeMs }: { readonly nowMs: number; readonly beforeMs: number },
): Promise<readonly KeptStamp[]> {
  const { rows } = await sql<StampRow>`
    select ${stampColumns} from stamp s join stamp_wish w on w.id = s.wish join time_authority a on a.id = s.authority
    where s.municipality = ${municipality} and s.expires_at < ${beforeMs} and ${unrenewed}
      and s.expires_at > ${nowMs + latestRenewalMs} and exists (select from time_authority t where t.municipality = s.municipality and t.removed_at is null
        and ${lasting(sql`s.expires_at`, sql`t.id`)})
    order by s.expires_at limit 1000`.execute(db)
  return rows.map(keptStamp)
}

export async function stampCounts(
  db: Db,
  municipality: string,
): Promise<{ readonly held: number; readonly waiting: number; readonly newestAt: number | null }> {
  const { rows } = await sql<{ held: number; waiting: number; newest: number | null }>`
    select (select count(*) from stamp where municipality = ${municipality}) as held,
      (select max(stamped_at) from stamp where municipality = ${municipality}) as newest,
      (select count(*) from stamp_wish w where w.municipality = ${municipality}
        and not exists (select from stamp s where s.wish = w.id)) as waiting`.execute(db)
  const [row] = rows
  return {
    held: Number(row?.held ?? 0),
    waiting: Number(row?.waiting ?? 0),
    newestAt: row?.newest === null || row?.newest === undefined ? null : Number(row.newest),
  }
}

export async function everyStamp(db: Db, municipality: string): Promise<readonly KeptStamp[]> {
  const { rows } = await sql<StampRow>`
    select ${stampColumns} from stamp s join stamp_wish w on w.id = s.wish join time_authority a on a.id = s.authority
    where s.municipality = ${municipality} order by s.id`.execute(db)
  return rows.map(keptStamp)
}

/** Keeps the note that a day's stamp is over; false when the day has one. */
export async function keepDay(
  tx: Db,
  municipality: string,
  kept: { readonly day: string; readonly origin: string; readonly size: number; readonly note: string },
): Promise<boolean> {
  const { rows } = await sql`insert into stamped_checkpoint (municipality, day, origin, size, note)
    values (${municipality}, ${kept.day}::text::date, ${kept.origin}, ${kept.size}, ${kept.note})
    on conflict do nothing returning day`.execute(tx)
  return rows.length > 0
}

export async function noteOfDay(db: Db, municipality: string, day: string): Promise<string | null> {
  const { rows } = await sql<{ note: string }>`
    select note from stamped_checkpoint where municipality = ${municipality} and day = ${day}::text::date`.execute(db)
  return rows[0]?.note ?? null
}

function keptStamp({ stamped_at: stampedAt, expires_at: expiresAt, ...row }: StampRow): KeptStamp {
  return {
    ...row,
    token: new Uint8Array(row.token),
    sha256: new Uint8Array(row.sha256),
    stampedAt: Number(stampedAt),
    expiresAt: Number(expiresAt),
  }
}
