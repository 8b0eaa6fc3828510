/** What one looks at in the room: `?unit=`, `?alarm=`, the table instead of the map; `watch` is a wish, taken out once granted. */
export type OperationsSearch = {
  readonly unit?: string
  readonly alarm?: string
  readonly table?: boolean
  readonly watch?: boolean
}

export function operationsSearch(given: Record<string, unknown>): OperationsSearch {
  return {
    ...(typeof given.unit === 'string' ? { unit: given.unit } : {}),
    ...(typeof given.alarm === 'string' ? { alarm: given.alarm } : {}),
    ...(given.table === true ? { table: true } : {}),
    ...(given.watch === true ? { watch: true } : {}),
  }
}

/** The table stays a table while one chooses. */
export const keepTable = ({ table }: OperationsSearch): OperationsSearch => (table === true ? { table } : {})

export function turnTable({ table, ...rest }: OperationsSearch): OperationsSearch {
  return table === true ? rest : { ...rest, table: true }
}
