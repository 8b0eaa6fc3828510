/** Why somebody looks (keeps I-3). Asked once, remembered for the task, shown to the officer, kept in the ledger. */
export const purposes = [
  'sos',
  'incident',
  'case',
  'safety-check',
  'complaint',
  'supervision',
  'audit',
  'request',
  'training',
] as const
export type Purpose = (typeof purposes)[number]

export const categories = [
  'no-incident',
  'assistance',
  'force',
  'complaint',
  'crime',
  'injury',
  'restricted-place',
  'test',
] as const
export type Category = (typeof categories)[number]

export const markerCategories = ['person', 'vehicle', 'object', 'assault', 'medical', 'other'] as const
export type MarkerCategory = (typeof markerCategories)[number]
