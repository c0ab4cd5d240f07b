import { BaseError, decodeTensors, MalformedMessageError, RECEIPT_BYTES, readFrames, toBase64Url } from '@stoa/protocol'
import type { Outcome } from './outcome.ts'
import { readRefusal } from './readRefusal.ts'

/** Tensors that are sent in pieces (specs/backends.md, "Streams"). */
const STREAMED: readonly string[] = ['deltas', 'tokens']

/**
 * Reads an answer that is sent while it is made; each piece is handed on as it comes. Throws what the connection throws. A stream that ends by something else than an end or a typed failure
 * is `unknown`: the call may be charged.
 */
export async function readStream(
  stream: AsyncIterable<Uint8Array>,
  answerBytes: number,
  onPiece: (piece: Uint8Array) => void,
): Promise<Outcome> {
  const pieces: Uint8Array[] = []
  try {
    // The pieces, and then the whole answer once more.
    for await (const { kind, payload } of readFrames(stream, 2 * answerBytes)) {
      if (kind === 'piece') {
        pieces.push(payload)
        onPiece(payload)
        continue
      }
      if (kind === 'failure')
        return (
          readRefusal(payload) ?? { kind: 'unknown', why: 'its stream ends without a typed error', timedOut: false }
        )
      const receiptHeader = toBase64Url(payload.subarray(0, RECEIPT_BYTES))
      const body = payload.slice(RECEIPT_BYTES)
      if (pieces.length > 0 && !isWhatCame(body, Buffer.concat(pieces)))
        return { kind: 'broken', why: 'what it signed is not what it streamed' }
      return { kind: 'answered', receiptHeader, body }
    }
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error
    return { kind: 'unknown', why: error.shortMessage, timedOut: false }
  }
  return { kind: 'unknown', why: 'its stream has no end', timedOut: false }
}

/** Whether the streamed tensor of an answer is what came in pieces. An answer that is no tensors at all is for the judge to see. */
function isWhatCame(body: Uint8Array, pieces: Uint8Array): boolean {
  try {
    const streamed = decodeTensors(body).find(({ name }) => STREAMED.includes(name))
    return streamed !== undefined && Buffer.compare(streamed.data, pieces) === 0
  } catch (error) {
    if (error instanceof BaseError) return true
    throw error
  }
}
