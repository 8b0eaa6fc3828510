/** What people wrote beside a recording, and which of it the ledger committed to by its hash. Pure. */
import { hash } from 'node:crypto'
import { type DisclosedNote, leafHash, toHex } from '@sereno/proof'
import type { EntryProof } from '../ledger/index.ts'
import type { SheetMark } from './sheet.ts'
import type { MarkerRow, RecordingRow } from './tables.ts'

/** A note as the ledger commits to it: SHA-256 of its UTF-8 text, in hexadecimal. The text itself can be erased. */
export function noteHash(note: string): string {
  return hash('sha256', note.toWellFormed())
}

/** Marks by their moment, and the recording's own note as it is now. */
export function sheetMarks(row: RecordingRow, markers: readonly MarkerRow[]): readonly SheetMark[] {
  const marks = markers.map((one) => ({ at: one.marked_at, category: one.category, note: one.note, by: one.by_name }))
  const own = row.note === null ? [] : [{ at: row.ended_at, category: row.category, note: row.note, by: '' }]
  return [...marks, ...own].toSorted((left, right) => left.at - right.at)
}

/** Texts that are still kept and whose hash an entry opens. A note that was replaced since is known by its hash alone. */
export async function disclosedNotes(
  entries: readonly EntryProof[],
  row: RecordingRow,
  markers: readonly MarkerRow[],
): Promise<readonly DisclosedNote[]> {
  const texts = [...markers.map(({ note }) => note), row.note].filter((note) => note !== null)
  const byHash = new Map(texts.map((text) => [noteHash(text), text.toWellFormed()]))
  const found: DisclosedNote[] = []
  for (const { leaf, openings } of entries) {
    const opened = openings?.find(({ name }) => name === 'note')
    const text = opened === undefined ? undefined : byHash.get(opened.value)
    if (text !== undefined) {
      found.push({ entry: toHex(await leafHash(leaf)), text })
    }
  }
  return found
}
