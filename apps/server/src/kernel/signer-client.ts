import { connect, type Socket } from 'node:net'
import { type Answer, type Call, createFrames, frame, type Reply } from '../signer/protocol.ts'
import { Unavailable } from './errors.ts'
import { type PublicKeys, type Purpose, type Signer, SignerRefusal } from './signer.ts'

export type SignerClient = Signer & {
  /** Resolves when the signer answers. */
  readonly ready: () => Promise<void>
  readonly close: () => void
}

type Waiting = { readonly calls: number; readonly settle: (answers: readonly Answer[] | null) => void }
type Queued = {
  readonly call: Call
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

const reconnectMs = 50
const answerLimitMs = 10_000
/** Data keys held in memory, so that the ingest path asks once for a recording. */
const heldKeys = 4096

/**
 * Speaks to the signer's socket, connecting again whenever it is lost. Calls made in one turn of the event loop share a
 * frame. While the signer is away, calls fail at once with `Unavailable('signer')`.
 */
export function connectSigner(socketPath: string): SignerClient {
  let socket: Socket | null = null
  let isOpen = false
  let closed = false
  let nextId = 1
  let queue: Queued[] = []
  let keys: PublicKeys | null = null
  const waiting = new Map<number, Waiting>()
  const dataKeys = new Map<string, Uint8Array>()
  let opened = Promise.withResolvers<void>()

  function open(): void {
    const current = connect(socketPath)
    socket = current
    const receive = createFrames((message) => {
      const { id, answers } = message as Reply
      waiting.get(id)?.settle(answers)
      waiting.delete(id)
    })
    current.on('connect', () => {
      isOpen = true
      opened.resolve()
    })
    current.on('data', (piece: Uint8Array) => {
      try {
        receive(piece)
      } catch {
        current.destroy()
      }
    })
    current.on('error', () => current.destroy())
    current.on('close', () => {
      if (isOpen) {
        opened = Promise.withResolvers<void>()
      }
      isOpen = false
      for (const { settle } of waiting.values()) {
        settle(null)
      }
      waiting.clear()
      if (!closed) {
        setTimeout(open, reconnectMs).unref()
      }
    })
  }
  open()

  function send(): void {
    const batch = queue
    queue = []
    const id = nextId
    nextId += 1
    const fail = (): void => {
      for (const { reject } of batch) {
        reject(new Unavailable('signer'))
      }
    }
    if (!isOpen || socket === null) {
      fail()
      return
    }
    // A signer that hangs is as good as gone.
    const timer = setTimeout(() => socket?.destroy(), answerLimitMs)
    waiting.set(id, {
      calls: batch.length,
      settle(answers) {
        clearTimeout(timer)
        if (answers === null || answers.length !== batch.length) {
          fail()
          return
        }
        for (const [index, { resolve }] of batch.entries()) {
          resolve(answers[index] ?? { failed: 'no answer' })
        }
      },
    })
    socket.write(frame({ id, calls: batch.map(({ call }) => call) }))
  }

  async function ask(call: Call): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      queue.push({ call, resolve, reject })
      if (queue.length === 1) {
        setImmediate(send)
      }
    })
    if ('refused' in answer) {
      throw new SignerRefusal(answer.refused, answer.detail)
    }
    if ('failed' in answer) {
      throw new Unavailable('signer', { cause: answer.failed })
    }
    return answer
  }

  async function publicKeys(): Promise<PublicKeys> {
    if (keys === null) {
      const answer = await ask({ do: 'public-keys' })
      keys = 'keys' in answer ? answer.keys : unexpected()
    }
    return keys
  }

  async function sign(purpose: Purpose, payloadType: string, payload: Uint8Array): Promise<Uint8Array> {
    const text = base64(payload)
    const [keys, answer] = await Promise.all([publicKeys(), ask({ do: 'sign', purpose, payloadType, payload: text })])
    const { signature, second } = 'signature' in answer ? answer : unexpected()
    // Canonical JSON as packages/proof writes an envelope: members sorted, nothing that needs escaping but the type.
    const type = JSON.stringify(payloadType)
    const signatures = [signed(keys[purpose].keyId, signature)]
    if (second !== null) {
      signatures.push(signed(keys.manifestMlDsa.keyId, second))
    }
    return Buffer.from(`{"payload":"${text}","payloadType":${type},"signatures":[${signatures.join(',')}]}`)
  }

  async function dataKey(call: Call & { readonly recording: string }): Promise<Uint8Array | null> {
    const held = dataKeys.get(call.recording)
    if (held !== undefined) {
      return held
    }
    const answer = await ask(call)
    const text = 'dataKey' in answer ? answer.dataKey : unexpected()
    if (text === null) {
      return null
    }
    const key = new Uint8Array(Buffer.from(text, 'base64'))
    if (dataKeys.size >= heldKeys) {
      dataKeys.delete(dataKeys.keys().next().value ?? '')
    }
    dataKeys.set(call.recording, key)
    return key
  }

  return {
    publicKeys,
    async lastCheckpoint(origin) {
      const answer = await ask(origin === undefined ? { do: 'last-checkpoint' } : { do: 'last-checkpoint', origin })
      const checkpoint = 'checkpoint' in answer ? answer.checkpoint : unexpected()
      return checkpoint === null ? null : { ...checkpoint, root: fromBase64(checkpoint.root) }
    },
    async prepareLogKeys() {
      const answer = await ask({ do: 'prepare-log-keys' })
      return 'nextKeys' in answer ? answer.nextKeys : unexpected()
    },
    async continueLog({ root, ...request }) {
      await ask({ do: 'continue-log', root: base64(root), ...request })
      keys = null
    },
    async signCheckpoint({ origin, size, root, consistency }) {
      const call = { origin, size, root: base64(root), consistency: consistency.map(base64) }
      const answer = await ask({ do: 'sign-checkpoint', ...call })
      return 'note' in answer ? answer.note : unexpected()
    },
    sign,
    signMany: (purpose, payloadType, payloads) =>
      Promise.all(payloads.map((payload) => sign(purpose, payloadType, payload))),
    async createDataKey(recording) {
      return (await dataKey({ do: 'create-data-key', recording })) ?? unexpected()
    },
    dataKey: (recording) => dataKey({ do: 'data-key', recording }),
    async hasDataKey(recording) {
      const answer = await ask({ do: 'data-key', recording })
      return 'dataKey' in answer ? answer.dataKey !== null : unexpected()
    },
    async openQueued({ keyId, enc, wrappedKey, place }) {
      const parts = { enc: base64(enc), wrappedKey: base64(wrappedKey), place: base64(place) }
      const answer = await ask({ do: 'open-queued', keyId, ...parts })
      return 'dataKey' in answer && answer.dataKey !== null ? fromBase64(answer.dataKey) : unexpected()
    },
    async destroyDataKey(recording) {
      dataKeys.delete(recording)
      await ask({ do: 'destroy-data-key', recording })
      dataKeys.delete(recording)
    },
    async ready() {
      await opened.promise
      await publicKeys()
    },
    close() {
      closed = true
      socket?.destroy()
    },
  }
}

function signed(keyId: string, signature: string): string {
  return `{"keyid":"${keyId}","sig":"${signature}"}`
}

function unexpected(): never {
  throw new Error('the signer answered another question')
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
