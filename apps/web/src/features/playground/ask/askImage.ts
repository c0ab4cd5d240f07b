import { type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { z } from 'zod'
import { receiptSchema } from '../../../data/receipts.ts'
import { request } from '../../../data/request.ts'
import { pixelsOf } from '../pixelsOf.ts'
import type { AskParameters, Bought, Line, Question } from '../types.ts'
import { rulesMember } from './rulesMember.ts'

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  stoa: z.object({
    receipt: receiptSchema,
    profile: z.string().nullable(),
    lines: z.array(
      z.object({
        text: z.string(),
        box: z.array(z.tuple([z.number(), z.number()])).length(4),
        confidence: z.number().optional(),
      }),
    ),
  }),
})

/** A picture to a model that reads text. */
export async function askImage(
  { file }: Extract<Question, { task: 'ocr' }>,
  { model, rules, signal }: AskParameters,
): Promise<Omit<Bought, 'ms'>> {
  const content = [{ type: 'image_url', image_url: { url: await dataUrl(file) } }]
  const body = { model: model.id, messages: [{ role: 'user', content }], ...rulesMember(rules) }
  const { choices, stoa } = await request('/api/gateway/v1/chat/completions', completion, { body, signal })
  const text = choices[0]?.message.content ?? ''
  const { lines, receipt } = stoa
  // Decoders may differ in a grey level. Only where this browser's gives the very pixels that were signed is there something to compare.
  const pixels = await pixelsOf(file).catch(() => undefined)
  return {
    answer: { task: 'ocr', text, lines, file },
    receipt,
    held: {
      ...(pixels && { request: [pixels] }),
      response: ocrTensors(text, lines, stoa.profile !== null),
      isRequestRemade: true,
    },
  }
}

/** The answer's tensors from the answer's JSON (specs/tasks.md, "ocr"). */
function ocrTensors(text: string, lines: readonly Line[], isExact: boolean): Tensor[] {
  const encoder = new TextEncoder()
  const starts = [0]
  for (const [i, line] of lines.entries()) {
    const feed = i < lines.length - 1 ? 1 : 0
    starts.push((starts.at(-1) ?? 0) + encoder.encode(line.text).length + feed)
  }
  const scores = Float32Array.from(lines, ({ confidence = 0 }) => confidence)
  return [
    textTensor('text', text),
    tensorOf('lines', 'u32', [starts.length], Uint32Array.from(starts)),
    tensorOf('boxes', 'i32', [lines.length, 4, 2], Int32Array.from(lines.flatMap(({ box }) => box.flat()))),
    ...(isExact ? [] : [tensorOf('scores', 'f32', [scores.length], scores)]),
  ]
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}
