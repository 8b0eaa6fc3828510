/** Which register is open, and which device: `?list=officers&device=…`. */
export type FleetSearch = { readonly list?: 'officers'; readonly device?: string }

export const fleetSearch = (given: Record<string, unknown>): FleetSearch => ({
  ...(given.list === 'officers' ? { list: 'officers' } : {}),
  ...(typeof given.device === 'string' ? { device: given.device } : {}),
})
