/** The bytes alone, in a buffer of their own: what the ASN.1 library reads from its first to its last byte. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}
