import { fileURLToPath } from 'node:url'
import { openTextCodec, type TextToEncode } from '@stoa/engine/codec'
import { findTensor, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { InferResult } from '../../infer/createInfer.ts'
import type { ListedModel } from '../../market/market.ts'
import { type GenerateParameters, generate, type Prompt } from './generate.ts'

const TOKENIZER = fileURLToPath(new URL('../../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
const codec = await openTextCodec({ file: 'tokenizer.json', path: TOKENIZER, vocabulary: 2048 })
const encoded = async (text: string) => [...((await codec.encode([{ text }]))[0] ?? [])]
const facts = { vocabulary: 2048, context: 64, begin: [0], ends: [0] }
const model = { name: 'm' } as ListedModel

let bought: readonly Tensor[][]
let says: string
let ends: boolean
beforeEach(() => {
  bought = []
  says = ' in the open.'
  ends = true
})

/** Everything but the seller, who goes on with `says`. */
const context = {
  market: { find: async () => model, models: () => [model] },
  texts: {
    factsOf: async () => facts,
    encode: (_: ListedModel, list: readonly TextToEncode[]) => codec.encode(list),
    sizeOf: async () => facts.vocabulary,
    decode: (_: ListedModel, ids: Uint32Array) => codec.decode(ids),
  },
  infer: async ({ request }: { request: readonly Tensor[] }) => {
    bought = [...bought, [...request]]
    const tokens = Uint32Array.from([...(await encoded(says)), ...(ends ? [0] : [])])
    return { response: [tensorOf('tokens', 'u32', [tokens.length], tokens)], model } as unknown as InferResult
  },
}
const ask = (prompt: Prompt, body: GenerateParameters['body'] = {}) => {
  const { signal } = new AbortController()
  return generate(context, { model: 'm', prompt, param: 'prompt', body, signal })
}
const idsOf = (request: readonly Tensor[] = []) => [...valuesOf(findTensor(request, 'ids'), 'u32')]
const wantedOf = (request: readonly Tensor[] = []) => valuesOf(findTensor(request, 'settings'), 'u32')[0]

describe('a bought text', () => {
  it('goes on from the text that was asked about, after the ids that begin texts', async () => {
    const { text, counts, finish } = await ask({ text: 'Zeno taught' })
    const ids = [0, ...(await encoded('Zeno taught'))]
    expect(idsOf(bought[0])).toEqual(ids)
    expect({ text, finish }).toEqual({ text: ' in the open.', finish: 'stop' })
    expect(counts).toEqual({ prompt: ids.length, completion: (await encoded(says)).length + 1 })
  })

  it('is cut at a stop of the caller, and reads special tokens only where they were asked for', async () => {
    const text = '<|end|>Q'
    expect(await ask({ text, specials: [[0, 7]] }, { stop: 'open' })).toMatchObject({
      text: ' in the ',
      finish: 'stop',
    })
    await ask({ text })
    expect(idsOf(bought[0])).toEqual([0, 0, ...(await encoded('Q'))])
    expect(idsOf(bought[1])).toEqual([0, ...(await encoded(text))])
  })

  it('goes on from ids as they are', async () => {
    await ask({ ids: [300, 0, 301] })
    expect(idsOf(bought[0])).toEqual([300, 0, 301])
    await expect(ask({ ids: [2048] })).rejects.toMatchObject({ code: 'INVALID_REQUEST', param: 'prompt' })
  })

  it('may be as long as the context leaves, and says by how much a prompt is too long before anything is bought', async () => {
    await ask({ ids: Array(54).fill(300) })
    expect(wantedOf(bought[0])).toBe(10)
    const error = { code: 'CONTEXT_LENGTH_EXCEEDED', status: 400, param: 'prompt' }
    const refused = async (count: number, body: GenerateParameters['body'], excess: number) =>
      expect(ask({ ids: Array(count).fill(300) }, body)).rejects.toMatchObject({ ...error, excess })
    await refused(64, {}, 1)
    await refused(70, {}, 7)
    await refused(54, { max_tokens: 11 }, 1)
    await expect(ask({ ids: [1] }, { max_tokens: 64 })).rejects.toThrow(
      "The prompt has 1 tokens and 64 more are asked for: 1 too many for the model's context of 64.",
    )
    expect(bought).toHaveLength(1)
  })

  it('begins somewhere even where nothing was written', async () => {
    const bare = {
      ...context,
      texts: { ...context.texts, factsOf: async () => ({ ...facts, begin: [], ends: [7, 9] }) },
    }
    const { signal } = new AbortController()
    says = ''
    const call = generate(bare, { model: 'm', prompt: { text: '' }, param: 'prompt', body: {}, signal })
    await expect(call).rejects.toMatchObject({ code: 'INVALID_TENSOR' })
    expect(idsOf(bought[0])).toEqual([7])
  })

  it.each([
    ['half a surrogate pair', 'a\ud800', 'not valid Unicode'],
    ['more than any context holds', 'x'.repeat((1 << 20) + 1), 'at most 1048576'],
  ])('is not made from %s', async (_, text, why) => {
    await expect(ask({ text })).rejects.toThrow(why)
    expect(bought).toEqual([])
  })
})
