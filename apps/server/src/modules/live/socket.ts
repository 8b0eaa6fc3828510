import { socketOpen, type WebSocket } from '../../kernel/http.ts'

/** Close codes (RFC 6455 §7.4.2: 4000–4999 are the application's); they follow the HTTP status of the same meaning. */
export const closeCodes = {
  replaced: 4000,
  badMessage: 4400,
  notSigned: 4401,
  ended: 4403,
  tooSlow: 4408,
  tooLarge: 4413,
  tooMuch: 4429,
} as const
const maximumTextBytes = 16 * 1024

/**
 * Sends unless the connection is closing: a message to nobody is no error. Bytes are framed with four of their own
 * and handed to the kernel uncopied, so one buffer serves every viewer.
 */
export function send(socket: WebSocket, message: string | Uint8Array): void {
  if (socket.readyState === socketOpen) {
    socket.send(message)
  }
}

/** A text message as JSON, or undefined when it is none or too long. */
export function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length > maximumTextBytes) {
    return undefined
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
