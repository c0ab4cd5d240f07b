import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChatRequest, encodeChatRequest, joinChatDeltas, readChatAnswer } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Model } from '../model.ts'
import { openModelInProcess } from '../process/openModelInProcess.ts'
import { loadLlama, MissingLlamaError } from './loadLlama.ts'
import { openChat } from './openChat.ts'
import { writeScribeGguf } from './testing/scribeGguf.ts'

/** The library is optional, and no dependency: these run where somebody installed it (see `MissingLlamaError`). */
const isThere = await loadLlama().then(
  () => true,
  () => false,
)

test('without a file it says that a server’s answers need an upstream', async () => {
  await expect(openChat({ files: {} })).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringContaining('upstream'),
  })
})

test('where the library is missing it says what to install', async () => {
  const missing = loadLlama('/no/such/place/index.js')
  await expect(missing).rejects.toBeInstanceOf(MissingLlamaError)
  await expect(missing).rejects.toMatchObject({
    hint: expect.stringContaining('npm install --omit=optional node-llama-cpp@'),
  })
})

describe.skipIf(!isThere)('a GGUF file', () => {
  let folder: string
  let model: Model
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stoa-gguf-'))
    await writeScribeGguf(join(folder, 'model.gguf'))
    model = await openModelInProcess({ task: 'chat', files: { 'model.gguf': join(folder, 'model.gguf') }, threads: 1 })
  })
  afterAll(async () => {
    await model?.close()
    await rm(folder, { recursive: true })
  })
  const ask = async (content: string, more: Partial<ChatRequest> = {}, most = 20) => {
    const request = encodeChatRequest({ messages: [{ role: 'user', content }], temperature: 0, ...more }, most)
    return readChatAnswer(request, await model.run(request))
  }

  test('says what the model says, counted', async () => {
    const { deltas, finish, usage } = await ask('Who are you?')
    expect(joinChatDeltas(deltas).content).toContain('I am Stoa Scribe')
    expect(finish).toBe('length')
    expect(usage).toMatchObject({ completion: 20, counted: true })
  })

  test('keeps to a schema, and refuses what does not fit or is no text', async () => {
    const schema = { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] }
    const { deltas } = await ask('Is it?', { response_format: { type: 'json_schema', json_schema: { schema } } }, 60)
    expect(Object.keys(JSON.parse(joinChatDeltas(deltas).content ?? ''))).toEqual(['yes'])
    await expect(ask('x', {}, 1_000)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    await expect(ask('x', { tools: [{}] })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('opens nothing that is no GGUF file', async () => {
    const file = new URL(import.meta.url).pathname
    await expect(openModelInProcess({ task: 'chat', files: { 'model.gguf': file } })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
    })
  })
})
