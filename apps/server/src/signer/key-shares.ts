import { createHash } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'

/**
 * The installation's wrapping key in n shares of which any m give it back (Shamir's scheme over GF(2⁸), the audited
 * `shamir-secret-sharing`). A share as text, for paper:
 *
 *     SERENO-<m>-de-<n>-<8 hex: which key>-<share in hex, by fours>-<4 hex: SHA-256 of all before it>
 */
export class WrongShare extends Error {}

const form = /^SERENO-(\d+)-de-(\d+)-([0-9a-f]{8})-((?:[0-9a-f]{1,4}-)+)([0-9a-f]{4})$/i

/** @param needed 2 to `of` @param of at most 255 */
export async function splitKey(key: Uint8Array, needed: number, of: number): Promise<readonly string[]> {
  const shares = await split(new Uint8Array(key), of, needed)
  return shares.map((share) => {
    const groups =
      Buffer.from(share)
        .toString('hex')
        .match(/.{1,4}/g) ?? []
    const text = `SERENO-${needed}-de-${of}-${nameOf(key)}-${groups.join('-')}-`
    return `${text}${sumOf(text)}`
  })
}

/** Throws {@link WrongShare} with a sentence: a slip of the pen, shares of different keys, too few of them. */
export async function combineKey(texts: readonly string[]): Promise<Uint8Array> {
  const shares = texts.map((text, index) => readShare(text, index + 1))
  const [first] = shares
  if (first === undefined || shares.some(({ name }) => name !== first.name)) {
    throw new WrongShare('The shares are not of one and the same key.')
  }
  const distinct = new Map(shares.map(({ bytes }) => [Buffer.from(bytes).toString('hex'), bytes]))
  if (distinct.size < first.needed) {
    throw new WrongShare(`${first.needed} different shares are needed, not ${distinct.size}.`)
  }
  const key = await combine([...distinct.values()].slice(0, first.needed))
  if (nameOf(key) !== first.name) {
    throw new WrongShare('The shares do not give the key that they name.')
  }
  return key
}

function readShare(text: string, place: number): { name: string; needed: number; bytes: Uint8Array } {
  const matched = form.exec(text.trim())
  const [, needed = '', , name = '', groups = '', sum = ''] = matched ?? []
  if (matched === null || sumOf(text.trim().slice(0, -4)) !== sum.toLowerCase()) {
    throw new WrongShare(`Share ${place} was not copied right: compare it with the paper, group by group.`)
  }
  const bytes = new Uint8Array(Buffer.from(groups.replaceAll('-', ''), 'hex'))
  return { name: name.toLowerCase(), needed: Number(needed), bytes }
}

const nameOf = (key: Uint8Array): string =>
  createHash('sha256').update('sereno-share-v1').update(key).digest('hex').slice(0, 8)
const sumOf = (text: string): string => createHash('sha256').update(text.toLowerCase()).digest('hex').slice(0, 4)
