import { parseTrust, trustFingerprint } from '@sereno/proof'
import { createHttp } from '../kernel/http-server.ts'
import { withInstallation } from './installation.ts'

/** `sereno trust`: the trust file on standard output, its fingerprint on standard error. */
export async function trust(dataFolder: string): Promise<number> {
  return withInstallation(dataFolder, async ({ app, kernel }) => {
    // The very reply that the public address gives, so that the two never differ.
    const http = await createHttp({
      ...app,
      routes: app.routes,
      sockets: [],
      log: kernel.log,
      ids: kernel.ids,
      origin: kernel.config.origin,
    })
    const reply = await http.inject('/api/trust.json')
    await http.close()
    const read = parseTrust(reply.rawPayload)
    if (reply.statusCode !== 200 || !read.ok) {
      console.error('The installation is not set up yet: it has no trust file.')
      return 1
    }
    process.stdout.write(reply.rawPayload)
    console.error(`\nSHA-256 ${await trustFingerprint(read.value)}`)
    return 0
  })
}
