import { systemActor } from '../kernel/actor.ts'
import { withInstallation } from './installation.ts'

/** `sereno connect axis --url URL --site NAME`: prints a connection file for an Axis body-worn system controller. */
export async function connect(
  dataFolder: string,
  wish: { readonly system: string; readonly url: string | undefined; readonly site: string | undefined },
): Promise<number> {
  if (wish.system !== 'axis' || wish.url === undefined || wish.site === undefined || !URL.canParse(wish.url)) {
    console.error(
      'sereno connect axis --url URL --site NAME [--data FOLDER]   URL: where the controller reaches us (https)',
    )
    return 64
  }
  const { url, site } = wish
  return withInstallation(dataFolder, async ({ app, running }) => {
    const municipality = app.identity.municipality()
    if (municipality === null) {
      console.error('The installation is not set up yet.')
      return 1
    }
    const scope = { municipality: municipality.id, actor: systemActor(municipality.id) }
    const { file } = await app.intake.connectAxis(scope, { siteName: site.slice(0, 64), url })
    if (!running) {
      await app.ledger.flush()
    }
    process.stdout.write(file)
    return 0
  })
}
