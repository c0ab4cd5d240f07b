import type { Address } from '@stoa/protocol'
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
export type BodyMemory = {
  /** Throws OVERLOADED. */
  take(bytes: number): void
  /** The same memory on this payer's account from now on; before, it is on that of all who are not known. */
  of(payer: Address): BodyMemory
  free(): void
}

export type BodyBudget = { reserve(): BodyMemory }

/** Whose memory it is as long as nobody has shown who they are. */
const STRANGERS = 'strangers'

/**
 * Keeps what the bodies of all calls take together, while they are read and answered, below `maxBytes`, and what each payer's take below what is left free (dynamic
 * thresholds, Choudhury and Hahne 1998): one payer alone can have half of it, of n who want more than there is each 1/(n+1), and some is always left for who comes next.
 */
export function createBodyBudget(maxBytes: number): BodyBudget {
  const held = new Map<string, number>()
  let taken = 0
  const change = (party: string, bytes: number) => {
    taken += bytes
    const now = (held.get(party) ?? 0) + bytes
    if (now === 0) held.delete(party)
    else held.set(party, now)
  }
  return {
    reserve() {
      let mine = 0
      let party: string = STRANGERS
      const memory: BodyMemory = {
        take(bytes) {
          if ((held.get(party) ?? 0) + bytes > maxBytes - taken) throw new OverloadedError('memory for requests')
          change(party, bytes)
          mine += bytes
        },
        of(payer) {
          change(party, -mine)
          party = payer
          change(party, mine)
          return memory
        },
        free() {
          change(party, -mine)
          mine = 0
        },
      }
      return memory
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
