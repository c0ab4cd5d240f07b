import { z } from 'zod'
import { CHAT_FEATURES } from '../chat/chatRequest.ts'
import { BaseError } from '../errors.ts'
import { readOutsideJson } from '../outside/readOutside.ts'

/** Most bytes that a card may have. */
export const MAX_CARD_BYTES = 65_536

const file = z.object({
  path: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
      'must be a file name of at most 128 letters, digits, dots, dashes and underscores, without folders',
    ),
  cid: z.string().regex(/^b[a-z2-7]{20,120}$/, 'must be a CID of version 1 in base32, such as bafy…'),
  bytes: z.int().nonnegative(),
  root: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
})

const around = z.object({ before: z.string().max(200), after: z.string().max(200) })

/** What a model says of itself (specs/model-card.md). `name` is what callers write in `model`. */
export const modelCardSchema = z.object({
  stoa: z.literal('model-card/1'),
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/,
      'must be of small letters, digits, dots, dashes and underscores, with at most one slash, such as mine/embed',
    )
    .max(80),
  task: z.enum(['ocr', 'embedding', 'generate', 'chat', 'graph']),
  /** The arithmetic profile that the files follow (specs/exact-inference.md); none for models that round as each machine does. */
  profile: z.literal('exact/1').optional(),
  title: z.string().max(120),
  description: z.string().max(4000),
  licence: z.string().max(80),
  source: z.string().max(400),
  /** Words around what each role says, for models of the task `generate`. */
  chat: z.object({ system: around, user: around, assistant: around }).optional(),
  /** Of models of the task `chat`: what the back end has besides text, and how many tokens prompt and answer may have together. */
  features: z.array(z.enum(CHAT_FEATURES)).max(10).optional(),
  context: z.int().min(1).max(1_000_000_000).optional(),
  /** Of models of the task `embedding` that take texts as they are: how many numbers an embedding has. */
  dimensions: z.int().min(1).max(65_536).optional(),
  languages: z.array(z.string().max(20)).max(50).optional(),
  metrics: z
    .array(z.object({ name: z.string().max(80), value: z.number(), on: z.string().max(200) }))
    .max(50)
    .optional(),
  files: z.array(file).min(1).max(64),
})

export type ModelCard = z.infer<typeof modelCardSchema>

/** Bytes that are not a card. */
export class InvalidCardError extends BaseError {
  override name = 'InvalidCardError'
  constructor(why: string) {
    super(`The model card is not valid: ${why}`, { code: 'INVALID_CARD', hint: 'See specs/model-card.md.' })
  }
}

/** Reads a card. Throws `InvalidCardError` for too many bytes, other than JSON, or fields that are missing or wrong. */
export function parseModelCard(bytes: Uint8Array): ModelCard {
  if (bytes.length > MAX_CARD_BYTES) throw new InvalidCardError(`${bytes.length} bytes, at most ${MAX_CARD_BYTES}.`)
  const result = readOutsideJson(modelCardSchema, bytes, 'It')
  if (!result.success) throw new InvalidCardError(result.words)
  return result.data
}

/** A card's bytes, whose SHA-256 the version commits to. Throws `InvalidCardError`. */
export function encodeModelCard(card: ModelCard): Uint8Array {
  const bytes = new TextEncoder().encode(`${JSON.stringify(card, null, 2)}\n`)
  parseModelCard(bytes)
  return bytes
}
