import { readOutsideJson } from '@stoa/protocol'
import type { z } from 'zod'
import { BadRequestError, BodyTooLargeError, GatewayError } from '../errors.ts'
import { readCapped } from '../provider/readCapped.ts'

/**
 * The body as `schema` has it. A body over `maxBytes` is refused by its declared length, or while it is read. Throws `BodyTooLargeError`
 * or `BadRequestError`, the latter naming the first member that is wrong.
 */
export async function readJson<T>(request: Request, schema: z.ZodType<T>, maxBytes: number): Promise<T> {
  // A form of a foreign page can send other types without asking first; this one it can't.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) throw new MediaTypeError()
  const result = readOutsideJson(schema, await readBody(request, maxBytes), 'The body')
  if (result.success) return result.data
  throw new BadRequestError(result.words, {
    ...(result.member && { param: result.member }),
    hint: "See OpenAI's API reference for the request, specs/gateway-http.md for what is left out.",
  })
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > maxBytes) throw new BodyTooLargeError(maxBytes)
    // The HTTP parser ends the body there.
    return new Uint8Array(await request.arrayBuffer())
  }
  const bytes = await readCapped(request.body ?? new ReadableStream({ start: (c) => c.close() }), maxBytes)
  if (!bytes) throw new BodyTooLargeError(maxBytes)
  return bytes
}

class MediaTypeError extends GatewayError {
  override name = 'MediaTypeError'
  constructor() {
    super('The body must be JSON.', {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      status: 415,
      hint: 'Send "content-type: application/json".',
    })
  }
}
