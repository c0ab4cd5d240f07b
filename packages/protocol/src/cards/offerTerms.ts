import { z } from 'zod'
import { BaseError } from '../errors.ts'
import { readOutsideJson } from '../outside/readOutside.ts'

/** Most bytes that an offer's terms may have. */
export const MAX_TERMS_BYTES = 4_096

const schema = z.object({
  stoa: z.literal('terms/1'),
  /** Seconds for which the seller keeps a request or an answer, at most. */
  retentionSeconds: z.int().min(0).max(10_000_000_000),
})

/** What an offer's `terms` is the SHA-256 of (specs/sealed.md, "Retention"). */
export type OfferTerms = z.infer<typeof schema>

/** Bytes that are no terms. */
export class InvalidTermsError extends BaseError {
  override name = 'InvalidTermsError'
  constructor(why: string) {
    super(`The offer's terms are not valid: ${why}`, { code: 'INVALID_TERMS', hint: 'See specs/sealed.md.' })
  }
}

/** The one form of the terms: members in the order of their names, no blanks. */
export function encodeOfferTerms({ stoa, retentionSeconds }: OfferTerms): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ retentionSeconds, stoa }))
}

/** Reads terms. Throws `InvalidTermsError` for too many bytes, other than JSON, or members that are missing or wrong. */
export function parseOfferTerms(bytes: Uint8Array): OfferTerms {
  if (bytes.length > MAX_TERMS_BYTES) throw new InvalidTermsError(`${bytes.length} bytes, at most ${MAX_TERMS_BYTES}.`)
  const result = readOutsideJson(schema, bytes, 'It')
  if (!result.success) throw new InvalidTermsError(result.words)
  return result.data
}
