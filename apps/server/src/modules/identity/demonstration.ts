import type { NewAccount } from './door.ts'

/** A fictitious place with fictitious people. Nobody here exists; the municipality says so on every screen. */
export const demonstrationMunicipality = {
  name: 'Municipalidad de Santa Rosa del Valle',
  timeZone: 'America/Lima',
  fictitious: true,
  // of a range that nobody has
  telephone: '+51 1 555 0100',
} as const

export const demonstrationAccounts: readonly NewAccount[] = [
  { name: 'Lucía Quispe Huamán', signIn: 'lquispe', roles: ['operator'] },
  { name: 'Diego Paredes Tello', signIn: 'dparedes', roles: ['operator'] },
  { name: 'Karina Vílchez Ramos', signIn: 'kvilchez', roles: ['operator'] },
  { name: 'Jorge Ríos Salcedo', signIn: 'jrios', roles: ['supervisor'] },
  { name: 'Marta Salas Bravo', signIn: 'msalas', roles: ['custodian'] },
  { name: 'Elena Cárdenas Núñez', signIn: 'ecardenas', roles: ['data-protection-officer'] },
  { name: 'Tomás Aguirre Peña', signIn: 'taguirre', roles: ['overseer'] },
  { name: 'Hugo Medina Flores', signIn: 'hmedina', roles: ['administrator'] },
  { name: 'Patricia Zegarra Luna', signIn: 'pzegarra', roles: ['internal-affairs'] },
]

/**
 * Which officers of the demonstration have an account, by their place in the register: those whose cameras the simulator
 * starts first, so that there is something to be seen of them soon.
 */
export const demonstrationOfficerPlaces: readonly number[] = [0, 11, 22]

/** In the order in which the links are printed. */
export const demonstrationRoles = [
  'operator',
  'supervisor',
  'custodian',
  'administrator',
  'data-protection-officer',
  'internal-affairs',
  'overseer',
  'officer',
] as const
