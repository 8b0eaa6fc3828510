import { type Role, roles } from '@sereno/contracts'
import { withInstallation } from './installation.ts'

/** `sereno link ROLE`: a new one-time sign-in address for the first account with the role; before the set-up, its own. */
export async function link(dataFolder: string, wanted: string): Promise<number> {
  const role: Role | undefined = roles.find((name) => name === wanted)
  if (role === undefined) {
    console.error(`There is no role "${wanted}". Roles: ${roles.join(', ')}`)
    return 64
  }
  return withInstallation(dataFolder, async ({ app, running }) => {
    const setUp = await app.identity.setUpLink()
    const url = setUp ?? (await app.identity.linkFor(role))?.url ?? null
    if (url === null) {
      console.error(`Nobody has the role ${role}.`)
      return 1
    }
    if (!running && setUp === null) {
      await app.ledger.flush()
    }
    console.log(url)
    return 0
  })
}
