/**
 * The bytes of a stream, or undefined as soon as there are more than `maxBytes`: then the rest is not read, and the connection goes with
 * the stream.
 */
export async function readCapped(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of stream) {
    length += piece.length
    if (length > maxBytes) return undefined
    pieces.push(piece)
  }
  // Concatenating copies to the start of a buffer of our own, or to a multiple of 8 in Node's pool, so numbers can be viewed in place.
  return Buffer.concat(pieces, length)
}
