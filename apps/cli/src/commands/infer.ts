import { readFile } from 'node:fs/promises'
import { formatAmount } from '@stoa/protocol'
import { z } from 'zod'
import { CommandError } from '../errors.ts'
import { type Context, requireConfig } from './context.ts'
import { gatewayCall } from './gatewayCall.ts'
import { readAnswer } from './readAnswer.ts'

export type InferOptions = {
  model?: string
  image?: string
  text?: string
  prompt?: string
  maxTokens?: number
  temperature?: number
  seed?: number
}

const sale = {
  usage: z.object({ cost_wei: z.string() }),
  stoa: z.object({ proof_kind: z.string(), proof: z.string() }),
}
const chatSchema = z.object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]), ...sale })
const embeddingSchema = z.object({
  data: z.tuple([z.object({ embedding: z.array(z.number()) })]),
  ...{ usage: sale.usage, stoa: sale.stoa.extend({ truncated: z.array(z.number()) }) },
})

type Question = { path: string; body: object; read(answer: unknown): Bought }
type Bought = { text: string; costWei: string; proof: string; note?: string }

/** Buys one answer through the running gateway: the text in an image, what a model says to a prompt, or the embedding of a text. */
export async function infer({ home, printer }: Context, options: InferOptions): Promise<void> {
  const config = await requireConfig(home)
  const { path, body, read } = await questionOf(options)
  const answer = await gatewayCall(home, config, path, body)
  const { text, costWei, proof, note } = read(answer)
  printer.result(answer, text)
  if (note) printer.say(note)
  printer.say(`\n(${formatAmount(BigInt(costWei), config.token)}; ${proof})`)
}

async function questionOf({ model, image, text, prompt, ...sampling }: InferOptions): Promise<Question> {
  if (image !== undefined) {
    const content = [{ type: 'image_url', image_url: { url: await dataUrl(image) } }]
    return chat({ model: model ?? 'stoa/ocr', messages: [{ role: 'user', content }] })
  }
  if (prompt !== undefined) {
    const { maxTokens: max_tokens, temperature, seed } = sampling
    return chat({
      ...{ model: model ?? 'stoa/scribe', messages: [{ role: 'user', content: prompt }] },
      ...{ max_tokens, temperature, seed },
    })
  }
  const body = { model: model ?? 'stoa/embed-en', input: text, encoding_format: 'float' }
  return {
    ...{ path: '/v1/embeddings', body },
    read(answer) {
      const { data, ...rest } = readAnswer(embeddingSchema, answer, 'The gateway')
      const cut = rest.stoa.truncated.length > 0 && {
        note: '\n(The text is longer than the model reads: its beginning was embedded.)',
      }
      return { text: JSON.stringify(data[0].embedding), ...billOf(rest), ...cut }
    },
  }
}

function chat(body: object): Question {
  return {
    ...{ path: '/v1/chat/completions', body },
    read(answer) {
      const { choices, ...rest } = readAnswer(chatSchema, answer, 'The gateway')
      return { text: choices[0].message.content, ...billOf(rest) }
    },
  }
}

function billOf({ usage, stoa }: { usage: { cost_wei: string }; stoa: { proof_kind: string; proof: string } }) {
  return { costWei: usage.cost_wei, proof: `${stoa.proof_kind}: ${stoa.proof}` }
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
