import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ChatRequest,
  encodeChatRequest,
  encodeTextEmbeddingRequest,
  findTensor,
  joinChatDeltas,
  type ModelCard,
  readChatAnswer,
  readTextEmbeddingAnswer,
  tensorOf,
  valuesOf,
} from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queueModel } from '../models/queueModel.ts'
import { divideGraph } from '../testing/divideGraph.ts'
import { startServer } from '../testing/serverProcess.ts'
import { openUpstream } from './openUpstream.ts'
import { probeUpstream } from './probeUpstream.ts'
import { checkUpstream } from './upstream.ts'

const KEY = 'sk-very-secret-0123456789'
/** What a model may take that answers, and one that never does; milliseconds. */
const [LONG_MS, SHORT_MS] = [300_000, 200]
const msFor = (model: string) => (model === 'silent' ? SHORT_MS : LONG_MS)
const TOOLS = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }]

let chats: Awaited<ReturnType<typeof startServer>>
let tensors: Awaited<ReturnType<typeof startServer>>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-upstream-'))
  await writeFile(join(folder, 'model.onnx'), divideGraph())
  chats = await startServer('chatServer.ts', { env: { CHAT_KEY: KEY } })
  tensors = await startServer('oipServer.ts', { argument: join(folder, 'model.onnx') })
})
afterAll(async () => {
  await chats?.end()
  await tensors?.end()
  await rm(folder, { recursive: true })
})

async function openChat(
  model: string,
  features: ModelCard['features'] = ['tools', 'json_schema', 'images'],
  { key = KEY, timeoutMs = LONG_MS } = {},
) {
  const upstream = { protocol: 'openai', url: chats.url, model, key } as const
  const opened = await openUpstream({
    upstream,
    card: { name: 'any/chat', task: 'chat', ...(features && { features }) },
  })
  return queueModel({ model: opened.model, maxQueue: 8, timeoutMs })
}

const asking = (content: string, more: Partial<ChatRequest> = {}, most = 100) =>
  encodeChatRequest({ messages: [{ role: 'user', content }], ...more }, most)

async function ask(model: string, request = asking('Who are you?'), onPiece?: (piece: Uint8Array) => void) {
  const { run } = await openChat(model)
  return readChatAnswer(request, await run(request, onPiece ? { onPiece } : {}))
}

/** What a failed run says, to the buyer and, as its cause, to the operator; neither may hold the key. */
async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  )
  if (!error) throw new Error('it did not fail')
  const cause = error.cause instanceof Error ? error.cause : undefined
  for (const text of [error.message, cause?.message, error.stack, JSON.stringify(error)])
    expect(text ?? '').not.toContain(KEY)
  return { code: error.code, message: error.message, cause: cause?.message }
}

describe('chats', () => {
  test('answers whole and in pieces the same message, counted as the server counts', async () => {
    const whole = await ask('echo')
    expect(joinChatDeltas(whole.deltas)).toEqual({ content: 'You said: Who are you?' })
    expect(whole).toMatchObject({ finish: 'stop', usage: { completion: 5, counted: true } })
    let pieces = 0
    const streamed = await ask('echo', undefined, () => pieces++)
    expect(joinChatDeltas(streamed.deltas)).toEqual({ content: 'You said: Who are you?' })
    expect(streamed.usage).toEqual(whole.usage)
    expect(pieces).toBe(5)
  })

  test('passes tools and schemas through, and joins a call that comes in pieces', async () => {
    const request = asking('Chad', { tools: TOOLS, tool_choice: 'auto' })
    const call = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{"said":"Chad"}' } }
    for (const onPiece of [undefined, () => undefined]) {
      const { deltas, finish } = await ask('echo', request, onPiece)
      expect(joinChatDeltas(deltas)).toEqual({ tool_calls: [call] })
      expect(finish).toBe('tool_calls')
    }
    const schema = { type: 'json_schema', json_schema: { name: 'said', schema: { type: 'object' } } }
    const { deltas } = await ask('echo', asking('Chad', { response_format: schema }))
    expect(JSON.parse(joinChatDeltas(deltas).content ?? '')).toEqual({ said: 'Chad' })
  })

  test('refuses by a typed error what its card does not say it has, before it asks anybody', async () => {
    const { run } = await openChat('fails', [])
    await expect(run(asking('x', { tools: TOOLS }))).rejects.toMatchObject({ code: 'UNSUPPORTED', retry: false })
    await expect(run(asking('x', { response_format: { type: 'json_object' } }))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    })
    const picture = (url: string) =>
      encodeChatRequest({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] }, 10)
    await expect(run(picture('data:image/png;base64,AA=='))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    const able = await openChat('echo')
    await expect(able.run(picture('https://example.com/a.png'))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await able.run(picture('data:image/png;base64,AA=='))).toBeDefined()
  })

  test('takes a server that answers whole when it was asked for pieces, and one that wants the newer name for the bound', async () => {
    const pieces: Uint8Array[] = []
    const whole = await ask('whole', undefined, (piece) => pieces.push(piece))
    expect(joinChatDeltas(whole.deltas).content).toBe('You said: Who are you?')
    expect(pieces).toHaveLength(1)
    expect((await ask('new-names', asking('one two three four', {}, 3))).finish).toBe('length')
  })

  test.each(['no-usage', 'wrong-usage'])('estimates by bytes where the server says %s', async (model) => {
    const request = asking('Who are you?')
    const { usage } = await ask(model, request)
    const bytes = findTensor(request, 'chat').data.length
    expect(usage).toEqual({
      prompt: Math.ceil(bytes / 4),
      completion: Math.ceil('You said: Who are you?'.length / 4),
      counted: false,
    })
    const most = await ask(model, asking('Who are you?', {}, 1))
    expect(most.usage.completion).toBe(1)
  })

  test.each([
    ['fails', 'MODEL_FAILED', 'answered 500: no memory left'],
    ['redirects', 'MODEL_FAILED', 'answered 307'],
    ['garbage', 'MODEL_FAILED', 'no piece of a chat completion'],
    ['cut', 'MODEL_FAILED', 'broke off'],
    ['unfinished', 'MODEL_FAILED', 'ended its stream before its message'],
    ['error-event', 'MODEL_FAILED', 'no piece of a chat completion'],
    ['oversized', 'MODEL_FAILED', 'sent more than 16777216 bytes'],
    ['limited', 'OVERLOADED', undefined],
    ['silent', 'MODEL_TIMEOUT', undefined],
  ])('%s: %s', async (model, code, cause) => {
    const { run } = await openChat(model, undefined, { timeoutMs: msFor(model) })
    const failed = await failure(run(asking('x'), { onPiece: () => undefined }))
    expect(failed.code).toBe(code)
    if (cause) expect(failed.cause).toContain(cause)
    expect(failed.message).not.toContain(chats.url)
  })

  test('tells what blames the request, without the key; a wrong key, or a server that is away, is nobody’s but the operator’s', async () => {
    expect(await failure((await openChat('refuses')).run(asking('x')))).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('never talks about that'),
    })
    expect(await failure((await openChat('tells-key')).run(asking('x')))).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('the key [key].'),
    })
    const wrong = await failure((await openChat('echo', [], { key: 'sk-other' })).run(asking('x')))
    expect(wrong).toMatchObject({ code: 'MODEL_FAILED', cause: expect.stringContaining('401') })
    expect(wrong.message).not.toContain('sk-other')
    expect(wrong.cause).not.toContain('sk-other')
    const upstream = { protocol: 'openai', url: 'http://127.0.0.1:9/v1', model: 'x' } as const
    const { model } = await openUpstream({ upstream, card: { name: 'x', task: 'chat' } })
    expect(await failure(model.run(asking('x')))).toMatchObject({
      code: 'MODEL_FAILED',
      cause: expect.stringContaining("can't be reached"),
    })
  })

  test('pieces keep a stream from its time limit, and an abort stops the server', async () => {
    const { run } = await openChat('endless', undefined, { timeoutMs: 4_000 })
    const controller = new AbortController()
    const reason = new Error('the buyer left')
    let pieces = 0
    const onPiece = () => {
      if (++pieces === 250) controller.abort(reason)
    }
    // 250 pieces at 20 ms take longer than the limit of four seconds.
    await expect(run(asking('x', {}, 100_000), { signal: controller.signal, onPiece })).rejects.toBe(reason)
    expect(pieces).toBe(250)
  })
})

describe('embeddings', () => {
  const open = async (model: string, url = chats.url) => {
    const upstream = { protocol: 'openai', url, model, key: KEY } as const
    const card = { name: 'any/embed', task: 'embedding', dimensions: 8 } as const
    const opened = await openUpstream({ upstream, card })
    return queueModel({ model: opened.model, maxQueue: 8, timeoutMs: msFor(model) })
  }
  const asking = (texts: string[], dimensions = 8) => encodeTextEmbeddingRequest({ texts, dimensions })
  const embed = async (model: string, request = asking(['Zeno', 'of Citium'])) =>
    readTextEmbeddingAnswer(request, await (await open(model)).run(request))

  test('come in the order of their texts, whatever order the server gives them in, counted as the server counts', async () => {
    const { rows, usage } = await embed('embed')
    expect([rows[0], rows[8]]).toEqual([4, 9])
    expect(usage).toEqual({ tokens: 1 + 2 + 2 + 2, counted: true })
    expect([...(await embed('embed', asking(['of Citium']))).rows.subarray(0, 2)]).toEqual([9, 0])
  })

  test.each([32, 33, 64, 100])('of %i texts are asked for in parts that a server takes', async (count) => {
    const texts = Array.from({ length: count }, (_, i) => 'x'.repeat(1 + i))
    const { rows, usage } = await embed('embed', asking(texts))
    expect(texts.map((_, i) => rows[8 * i])).toEqual(texts.map(({ length }) => length))
    expect(usage).toEqual({ tokens: 3 * count, counted: true })
    const bytes = texts.join('').length
    expect((await embed('no-usage', asking(texts))).usage).toEqual({ tokens: Math.ceil(bytes / 4), counted: false })
  })

  test.each(['no-usage', 'wrong-usage'])('are estimated by bytes where the server says %s', async (model) => {
    expect((await embed(model)).usage).toEqual({ tokens: Math.ceil('Zenoof Citium'.length / 4), counted: false })
  })

  test.each([
    ['embed-fewer', 'MODEL_FAILED', 'answered 1 embeddings for 2 texts'],
    ['embed-twice', 'MODEL_FAILED', 'or not one for each'],
    ['embed-short', 'MODEL_FAILED', 'an embedding of 7 numbers, not 8'],
    ['embed-huge', 'MODEL_FAILED', 'a number that 32 bits can’t hold'],
    ['embed-garbage', 'MODEL_FAILED', '"data.0.embedding" must be a list, and is "none"'],
    ['garbage', 'MODEL_FAILED', 'did not answer JSON to its end'],
    ['fails', 'MODEL_FAILED', 'answered 500: no memory left'],
    ['redirects', 'MODEL_FAILED', 'answered 307'],
    ['limited', 'OVERLOADED', undefined],
    ['silent', 'MODEL_TIMEOUT', undefined],
  ])('%s: %s', async (model, code, cause) => {
    const failed = await failure((await open(model)).run(asking(['Zeno', 'of Citium'])))
    expect(failed.code).toBe(code)
    if (cause) expect(failed.cause).toContain(cause)
    expect(failed.message).not.toContain(chats.url)
  })

  test('of another length than the card’s, and of ids, are refused before the server is asked', async () => {
    const { run } = await open('embed', 'http://127.0.0.1:9/v1')
    expect(await failure(run(asking(['Zeno'], 4)))).toMatchObject({ code: 'BAD_REQUEST' })
    const ids = [tensorOf('ids', 'u32', [1], Uint32Array.of(1)), tensorOf('offsets', 'u32', [2], Uint32Array.of(0, 1))]
    expect(await failure(run(ids))).toMatchObject({ code: 'INVALID_TENSOR' })
    const upstream = { protocol: 'openai', url: chats.url, model: 'embed' } as const
    await expect(openUpstream({ upstream, card: { name: 'any/embed', task: 'embedding' } })).rejects.toMatchObject({
      code: 'INVALID_UPSTREAM',
    })
  })

  test('a server says how long its embeddings are before anything is published', async () => {
    const server = { url: chats.url, key: KEY, task: 'embedding' } as const
    expect(await probeUpstream({ ...server, model: 'embed' })).toMatchObject({ protocol: 'openai', dimensions: 8 })
    await expect(probeUpstream({ ...server, model: 'fails' })).rejects.toMatchObject({ code: 'INVALID_UPSTREAM' })
  })
})

describe('tensors', () => {
  const floats = (name: string, values: number[]) => tensorOf(name, 'f32', [values.length], Float32Array.from(values))
  const request = [floats('top_0', [1, 2, 3]), floats('bottom', [4, 4, 8])]
  const open = async (model: string) => {
    const upstream = { protocol: 'oip', url: tensors.url, model } as const
    const opened = await openUpstream({ upstream, card: { name: 'any/divide', task: 'graph' } })
    return { ...opened, ...queueModel({ model: opened.model, maxQueue: 8, timeoutMs: msFor(model) }) }
  }

  test('go under the server’s names and come back under ours', async () => {
    const { run, tensors: told } = await open('divide')
    const [quotient] = await run(request)
    expect(quotient?.name).toBe('quotient')
    expect(quotient && [...valuesOf(quotient, 'f32')]).toEqual([0.25, 0.5, 0.375])
    expect(told?.inputs.map(({ name }) => name)).toEqual(['top_0', 'bottom'])
  })

  test.each([
    ['silent', 'MODEL_TIMEOUT'],
    ['cut', 'MODEL_FAILED'],
    ['garbage', 'MODEL_FAILED'],
    ['strange', 'MODEL_FAILED'],
    ['untrue', 'MODEL_FAILED'],
    ['fails', 'MODEL_FAILED'],
  ])('%s: %s', async (model, code) => {
    expect(await failure((await open(model)).run(request))).toMatchObject({ code })
  })

  test('what the server refuses is the buyer’s: an input that the model does not have', async () => {
    const { run } = await open('divide')
    const [first, second] = request
    if (!first || !second) throw new Error('there are two')
    expect(await failure(run([first, { ...second, name: 'other' }]))).toMatchObject({ code: 'BAD_REQUEST' })
    expect(await failure(run([first]))).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('before anything is published', () => {
  test('a server says what it speaks and has', async () => {
    expect(await probeUpstream({ url: chats.url, model: 'echo', key: KEY })).toMatchObject({
      protocol: 'openai',
      context: 4_096,
    })
    expect(await probeUpstream({ url: tensors.url, model: 'divide' })).toMatchObject({ protocol: 'oip' })
    await expect(probeUpstream({ url: chats.url, model: 'gpt-9', key: KEY })).rejects.toMatchObject({
      code: 'INVALID_UPSTREAM',
      hint: expect.stringContaining('echo'),
    })
    const wrong = await failure(probeUpstream({ url: chats.url, model: 'echo', key: 'sk-other' }))
    expect(wrong.message).toContain('401')
    expect(wrong.message).not.toContain('sk-other')
  })

  test('what is no base URL or no key is refused in words', () => {
    const check = (url: string, key?: string) => () =>
      checkUpstream({ protocol: 'openai', url, model: 'x', ...(key !== undefined && { key }) })
    for (const url of ['ftp://a', 'nonsense', 'http://me:pw@a/v1', 'http://a/v1?key=1'])
      expect(check(url)).toThrow(/can't be used/)
    expect(check('http://a/v1', 'two\nlines')).toThrow(/its key is none/)
    expect(check('http://a/v1/', ' sk-1\n')()).toMatchObject({ url: 'http://a/v1', key: 'sk-1' })
  })

  test('a chat is no server of tensors, and the reverse', async () => {
    const upstream = { protocol: 'oip', url: 'http://127.0.0.1:9', model: 'x' } as const
    await expect(openUpstream({ upstream, card: { name: 'x', task: 'chat' } })).rejects.toMatchObject({
      code: 'INVALID_UPSTREAM',
    })
  })
})
