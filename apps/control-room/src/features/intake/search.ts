const lists = ['sources', 'unreadable', 'connections'] as const
/** Which list is open: `?list=sources`; uploads without. */
export type IntakeSearch = { readonly list?: (typeof lists)[number] }

export const intakeSearch = (given: Record<string, unknown>): IntakeSearch => {
  const list = lists.find((name) => name === given.list)
  return list === undefined ? {} : { list }
}
