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
 * Reads a request's body of at most `maxBytes`. One that states a greater length is refused before a byte of it is read; one that states
 * none, or a false one, is counted while it is read. Throws BODY_TOO_LARGE, OVERLOADED, and BAD_REQUEST for one that breaks off.
 */
export async function readBody(request: Request, maxBytes: number, memory: BodyMemory): Promise<Uint8Array> {
  const stated = Number(request.headers.get('content-length') ?? 0)
  if (stated > maxBytes) throw new BodyTooLargeError(maxBytes)
  if (!request.body) return new Uint8Array(0)
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const piece of request.body) {
      bytes += piece.length
      if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes)
      memory.take(piece.length)
      pieces.push(piece)
    }
  } catch (error) {
    throw error instanceof RefusedCallError ? error : new BadRequestError('The body broke off.', { cause: error })
  }
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, bytes)
}
