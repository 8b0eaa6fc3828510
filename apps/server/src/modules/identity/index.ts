export type {
  Circumstance,
  Decision,
  Identity,
  IdentityDeps,
  Municipality,
  NewAccount,
  Person,
  Resource,
  RoleLink,
} from './door.ts'

export const identityMigrations = { module: 'identity', folder: new URL('./migrations/', import.meta.url) }
