import { RefusedCallError } from '../errors.ts'
import { BadRequestError } from '../models/errors.ts'
import { OverloadedError } from '../payments/errors.ts'

export class BodyTooLargeError extends RefusedCallError {
  override name = 'BodyTooLargeError'
  constructor(maxBytes: number) {
    super('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`, {
      hint: 'Send a smaller image or text. GET /v1/node states the limit.',
    })
  }
}

/** Memory that one call's body takes of the budget. */
export type BodyMemory = { /** Throws OVERLOADED. */ take(bytes: number): void; free(): void }

/** Keeps what the bodies of all calls take together, while they are read and answered, below `maxBytes`. */
export function createBodyBudget(maxBytes: number): { reserve(): BodyMemory } {
  let taken = 0
  return {
    reserve() {
      let mine = 0
      return {
        take(bytes) {
          if (taken + bytes > maxBytes) throw new OverloadedError('memory for requests')
          taken += bytes
          mine += bytes
        },
        free() {
          taken -= mine
          mine = 0
        },
      }
    },
  }
}

/**
 * Reads a request's body of at most `maxBytes`. One that states its length is refused by it before a byte is read, and the server reads
 * no more than what is stated; one that states none is counted while it comes. Throws BODY_TOO_LARGE, OVERLOADED, and BAD_REQUEST
 * for one that breaks off.
 */
export async function readBody(request: Request, maxBytes: number, memory: BodyMemory): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  try {
    if (length === null) return await countBody(request, maxBytes, memory)
    if (Number(length) > maxBytes) throw new BodyTooLargeError(maxBytes)
    memory.take(Number(length))
    return new Uint8Array(await request.arrayBuffer())
  } catch (error) {
    throw error instanceof RefusedCallError ? error : new BadRequestError('The body broke off.', { cause: error })
  }
}

async function countBody({ body }: Request, maxBytes: number, memory: BodyMemory): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body ?? []) {
    bytes += piece.length
    if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes)
    memory.take(piece.length)
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}
