import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CommandError } from '../errors.ts'
import { formatAmount } from '../output/amounts.ts'
import { type Context, requireConfig } from './context.ts'
import { gatewayCall } from './gatewayCall.ts'

export type InferOptions = { model?: string; image?: string; text?: string }

const usageSchema = z.object({ cost_wei: z.string() })
const chatSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
  usage: usageSchema,
})
const embeddingSchema = z.object({ data: z.tuple([z.object({ embedding: z.array(z.number()) })]), usage: usageSchema })

/** Buys one answer through the running gateway: the text in an image, or the embedding of a text. */
export async function infer({ home, printer }: Context, { model, image, text }: InferOptions): Promise<void> {
  const config = await requireConfig(home)
  if (image !== undefined) {
    const content = [{ type: 'image_url', image_url: { url: await dataUrl(image) } }]
    const body = { model: model ?? 'stoa/ocr', messages: [{ role: 'user', content }] }
    const answer = await gatewayCall(home, config, '/v1/chat/completions', body)
    const { choices, usage } = chatSchema.parse(answer)
    printer.result(answer, choices[0].message.content)
    printer.say(`\n(${formatAmount(BigInt(usage.cost_wei), config.token)})`)
    return
  }
  const body = { model: model ?? 'stoa/embed-en', input: text, encoding_format: 'float' }
  const answer = await gatewayCall(home, config, '/v1/embeddings', body)
  const { data, usage } = embeddingSchema.parse(answer)
  printer.result(answer, JSON.stringify(data[0].embedding))
  printer.say(`\n(${formatAmount(BigInt(usage.cost_wei), config.token)})`)
}

async function dataUrl(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CommandError(`${file} can't be read.`, {
      code: 'UNREADABLE_FILE',
      hint: 'Give the path of an image file.',
      cause,
    })
  })
  // The gateway looks at the bytes, not at the type that is claimed here.
  return `data:image/*;base64,${bytes.toString('base64')}`
}
