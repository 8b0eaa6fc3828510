import type { RecordingRow } from './tables.ts'

/**
 * What a recording was called, whose it was and how it was categorised when something was done with it: a name that
 * changes later does not change what the entry says.
 */
export function asItWas(row: RecordingRow): Readonly<Record<string, string>> {
  return {
    recordingCode: row.code,
    deviceCode: row.device_code,
    ...(row.officer_name === null ? {} : { officerName: row.officer_name }),
    ...(row.category === null ? {} : { category: row.category }),
  }
}
