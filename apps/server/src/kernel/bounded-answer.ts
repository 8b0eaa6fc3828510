/**
 * The body of somebody else's answer, at most `limitBytes` of it: whoever is asked is outside, and an answer without end must not
 * fill the memory. The rest is not read. Throws when it is longer.
 */
export async function boundedBody(response: Response, limitBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  // Leaving the loop cancels the body, and with it the connection.
  for await (const piece of response.body ?? []) {
    sizeBytes += piece.length
    if (sizeBytes > limitBytes) {
      throw new Error(`an answer longer than ${limitBytes} bytes`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces, sizeBytes)
}
