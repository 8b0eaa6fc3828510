import { createServer } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

/** The peer of `ingest`: @tus/server with its file store in a folder, on a free port of its own. */
const folder = process.argv[2]
if (folder === undefined) {
  throw new Error('a folder, please')
}
const tus = new Server({ path: '/files', datastore: new FileStore({ directory: folder }) })
const server = createServer((request, response) => void tus.handle(request, response))
// As long as ours: on a busy machine a round of ours takes longer than Node's five seconds.
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : null }))
})
