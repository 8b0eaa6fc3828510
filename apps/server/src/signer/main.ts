import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { preAuthenticationEncoding } from '@sereno/proof'
import { beginMemory, type Checkpoints, openCheckpoints } from './checkpoints.ts'
import { type KeyStore, openKeyStore } from './key-store.ts'
import { waitForPredecessor } from './predecessor.ts'
import { type Answer, type Call, createFrames, frame, type Request } from './protocol.ts'
import { openQueueKeys, type QueueKeys } from './queue-keys.ts'
import { hasKeys, openSigningKeys, prepareNext, promoteNext, type SigningKeys } from './signing-keys.ts'
import { SignerRefusal } from './terms.ts'
import { openVault } from './vault.ts'

/**
 * The signer: `node main.ts --folder FOLDER --socket PATH [--uid N --gid N]`. It ends when its standard input ends, so it
 * never outlives the server that started it.
 *
 * As root it opens its folder and its socket, and only then becomes its own account: so the account needs no way to the
 * program's files nor to the folder, and only root can connect.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    socket: { type: 'string' },
    uid: { type: 'string' },
    gid: { type: 'string' },
    // The first line of standard input is the passphrase of the locked keys.
    locked: { type: 'boolean', default: false },
  },
})
const { folder, socket: socketPath } = values
if (folder === undefined || socketPath === undefined) {
  throw new Error('usage: --folder FOLDER --socket PATH')
}

type House = {
  readonly keys: SigningKeys
  readonly queueKeys: QueueKeys
  readonly keyStore: KeyStore
  readonly checkpoints: Checkpoints
}

const house = Promise.withResolvers<House>()
process.umask(0o177)
process.chdir(folder)
rmSync(socketPath, { force: true })
const server = createServer((socket) => serve(socket, house.promise))
await new Promise<void>((resolve, reject) => {
  server.once('error', reject)
  server.listen(socketPath, resolve)
})
process.umask(0o077)
if (values.uid !== undefined && values.gid !== undefined) {
  process.setgroups?.([])
  process.setgid?.(Number(values.gid))
  process.setuid?.(Number(values.uid))
}
const passphrase = values.locked ? await firstLine() : null
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
process.on('SIGINT', () => undefined)

await waitForPredecessor('signer.lock', folder)
const vault = openVault('.', passphrase)
beginMemory('.', hasKeys(vault))
const keys = await openSigningKeys(vault)
const checkpoints = openCheckpoints('.', keys, () => Date.now())
if (checkpoints.isBetween()) {
  promoteNext(vault)
  Object.assign(keys, await openSigningKeys(vault))
}
house.resolve({
  keys,
  queueKeys: await openQueueKeys(vault),
  keyStore: openKeyStore('.', vault, () => Date.now()),
  checkpoints,
})

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    process.stdin.setEncoding('utf8').on('data', function read(piece: string) {
      text += piece
      if (text.includes('\n')) {
        process.stdin.off('data', read)
        resolve(text.slice(0, text.indexOf('\n')))
      }
    })
    process.stdin.on('end', () => process.exit(0))
  })
}

function serve(socket: Socket, ready: Promise<House>): void {
  socket.on('error', () => socket.destroy())
  const receive = createFrames((message) => {
    const { id, calls } = message as Request
    void ready
      .then((opened) => Promise.all(calls.map((call) => answer(opened, call))))
      .then((answers) => socket.write(frame({ id, answers })))
  })
  socket.on('data', (piece: Uint8Array) => {
    try {
      receive(piece)
    } catch {
      socket.destroy()
    }
  })
}

async function answer(opened: House, call: Call): Promise<Answer> {
  try {
    return await perform(opened, call)
  } catch (error) {
    return error instanceof SignerRefusal
      ? { refused: error.code, detail: error.message }
      : { failed: error instanceof Error ? error.message : String(error) }
  }
}

async function perform({ keys, queueKeys, keyStore, checkpoints }: House, call: Call): Promise<Answer> {
  switch (call.do) {
    case 'sign': {
      const message = preAuthenticationEncoding(call.payloadType, Buffer.from(call.payload, 'base64'))
      return {
        signature: Buffer.from(keys[call.purpose].sign(message)).toString('base64'),
        second: call.purpose === 'manifest' ? text(keys.manifestMlDsa.sign(message)) : null,
      }
    }
    case 'data-key':
      return { dataKey: text(keyStore.find(call.recording)) }
    case 'create-data-key':
      return { dataKey: text(await keyStore.create(call.recording)) }
    case 'destroy-data-key':
      await keyStore.destroy(call.recording)
      return { done: true }
    case 'open-queued': {
      const [enc, wrappedKey, place] = [call.enc, call.wrappedKey, call.place].map((each) =>
        Buffer.from(each, 'base64'),
      )
      if (enc === undefined || wrappedKey === undefined || place === undefined) {
        throw new SignerRefusal('signer.invalid', 'a part is missing')
      }
      return { dataKey: text(await queueKeys.open({ keyId: call.keyId, enc, wrappedKey, place })) }
    }
    case 'last-checkpoint':
      return { checkpoint: checkpoints.last(call.origin) }
    case 'sign-checkpoint':
      return { note: await checkpoints.sign(call) }
    case 'prepare-log-keys':
      return { nextKeys: await prepareNext(vault) }
    case 'continue-log':
      // 1 the old log is closed, fsynced · 2 its keys are exchanged. A crash between: the next start does 2.
      await checkpoints.close(call)
      promoteNext(vault)
      Object.assign(keys, await openSigningKeys(vault))
      return { done: true }
    case 'public-keys': {
      const open = ({ keyId, algorithm, publicKey }: SigningKeys['log']) => ({ keyId, algorithm, publicKey })
      return {
        keys: {
          log: open(keys.log),
          queue: queueKeys.current,
          receipt: open(keys.receipt),
          manifest: open(keys.manifest),
          package: open(keys.package),
          promise: open(keys.promise),
          intake: open(keys.intake),
          logMlDsa: open(keys.logMlDsa),
          manifestMlDsa: open(keys.manifestMlDsa),
        },
      }
    }
  }
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64')
}
