import { z } from 'zod'
import { BadRequestError } from '../../errors.ts'
import { rulesField } from '../callRules.ts'
import { samplingFields } from '../generation/sampling.ts'

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.object({ url: z.string() }).optional(),
})

/** As much of OpenAI's request as decides anything here. What steers sampling means nothing to models that read images. */
export const chatBody = z.object({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(part)]).nullish() }))
    .min(1)
    .max(1000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().nullish(),
  ...samplingFields,
  tools: z.array(z.unknown()).max(1_000).nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  reasoning_effort: z.string().max(20).nullish(),
  ...rulesField,
})

export type ChatBody = z.infer<typeof chatBody>

/**
 * The URL of the one image in the last message of role `user`; the words around it don't reach the model, which reads images and nothing
 * else. Throws `BadRequestError` for no image, several, or parts of other kinds.
 */
export function imageUrlOf({ messages }: Pick<ChatBody, 'messages'>): string {
  const param = 'messages'
  const last = messages.findLast(({ role }) => role === 'user')
  const parts = Array.isArray(last?.content) ? last.content : []
  const other = parts.find(({ type }) => type !== 'text' && type !== 'image_url')
  if (other) throw new BadRequestError(`Parts of type "${other.type}" can't be taken.`, { param, hint: IMAGE_HINT })
  const urls = parts.flatMap(({ type, image_url: image }) => (type === 'image_url' && image ? [image.url] : []))
  const [url] = urls
  if (url === undefined)
    throw new BadRequestError('The model reads an image, and the last user message has none.', {
      param,
      code: 'IMAGE_MISSING',
      hint: IMAGE_HINT,
    })
  if (urls.length > 1)
    throw new BadRequestError(`The message has ${urls.length} images, one is read at a time.`, {
      param,
      hint: 'Send each in a request of its own.',
    })
  return url
}

const IMAGE_HINT =
  'Send {"type": "image_url", "image_url": {"url": "data:image/png;base64,…"}} as a part of the message.'
