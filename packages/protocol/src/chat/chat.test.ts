import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chargedUnits, unitsOfRequest } from '../market/chargeFor.ts'
import { findTensor, tensorOf, textTensor } from '../tensors/tensor.ts'
import {
  type ChatDelta,
  chatUsage,
  decodeChatDeltas,
  encodeChatAnswer,
  encodeChatDelta,
  joinChatDeltas,
  readChatAnswer,
} from './chatAnswer.ts'
import { encodeChatRequest, featuresNeeded, readChatRequest } from './chatRequest.ts'

const messages = [{ role: 'user', content: 'Who are you?' }]
const request = encodeChatRequest({ messages }, 20)
const bytes = findTensor(request, 'chat').data.length
const lines = (...deltas: ChatDelta[]) => new Uint8Array(Buffer.concat(deltas.map(encodeChatDelta)))

describe('a request', () => {
  test('comes back as it was, with what a message holds besides', () => {
    const said = { messages: [{ role: 'tool', tool_call_id: 'call_1', content: 'x' }], temperature: 0, stop: ['a'] }
    expect(readChatRequest(encodeChatRequest(said, 7))).toEqual({ request: said, most: 7 })
  })

  test.each<[string, Parameters<typeof readChatRequest>[0], string]>([
    [
      'no messages',
      [textTensor('chat', '{"messages":[]}'), tensorOf('most', 'u32', [1], Uint32Array.of(1))],
      'messages',
    ],
    ['no JSON', [textTensor('chat', 'hello'), tensorOf('most', 'u32', [1], Uint32Array.of(1))], 'not JSON'],
    [
      'a member that no back end is to get',
      [textTensor('chat', JSON.stringify({ messages, model: 'x' })), tensorOf('most', 'u32', [1], Uint32Array.of(1))],
      'model',
    ],
    [
      'no tokens',
      [textTensor('chat', JSON.stringify({ messages })), tensorOf('most', 'u32', [1], Uint32Array.of(0))],
      '0 tokens',
    ],
    ['another tensor', [...request, textTensor('more', 'x')], 'which is one number'],
  ])('with %s is refused', (_, tensors, why) => {
    expect(() => readChatRequest(tensors)).toThrow(why)
  })

  test('says which features it needs', () => {
    expect(featuresNeeded({ messages })).toEqual([])
    expect(featuresNeeded({ messages, tools: [], response_format: { type: 'text' } })).toEqual([])
    const picture = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }]
    expect(featuresNeeded({ messages: picture, tools: [{}], response_format: { type: 'json_object' } })).toEqual([
      'tools',
      'json_schema',
      'images',
    ])
  })
})

describe('an answer', () => {
  const deltas: ChatDelta[] = [{ content: 'I am ' }, { content: 'Stoa.\n' }]

  test('is read as it was written, its pieces line by line', () => {
    const usage = { prompt: 9, completion: 4, counted: true }
    const answer = encodeChatAnswer(lines(...deltas), { finish: 'stop', usage })
    expect(readChatAnswer(request, answer)).toEqual({ deltas, finish: 'stop', usage })
    expect(decodeChatDeltas(lines())).toEqual([])
  })

  test('is joined, texts and calls each for itself', () => {
    const call = (index: number, id: string | undefined, args: string): ChatDelta => ({
      tool_calls: [{ index, ...(id && { id }), function: { ...(id && { name: `f${index}` }), arguments: args } }],
    })
    const joined = joinChatDeltas([
      { content: 'a' },
      call(1, 'y', '{'),
      call(0, 'x', '[]'),
      call(1, undefined, '}'),
      { content: 'b' },
    ])
    expect(joined).toEqual({
      content: 'ab',
      tool_calls: [
        { id: 'x', type: 'function', function: { name: 'f0', arguments: '[]' } },
        { id: 'y', type: 'function', function: { name: 'f1', arguments: '{}' } },
      ],
    })
  })

  test('is charged for what its usage says, which no count may take beyond the voucher', () => {
    const bounds = unitsOfRequest('token', request)
    expect(bounds).toEqual({ least: 0n, most: BigInt(bytes + 256 + 20) })
    fc.assert(
      fc.property(fc.nat(2_000), fc.nat(100), fc.boolean(), (prompt, completion, isSaid) => {
        const usage = chatUsage(request, deltas, isSaid ? { prompt, completion } : undefined)
        const answer = encodeChatAnswer(lines(...deltas), { finish: 'stop', usage })
        expect(readChatAnswer(request, answer).usage).toEqual(usage)
        const units = chargedUnits(bounds, answer)
        expect(units).toBe(BigInt(usage.prompt + usage.completion))
        const fits = prompt <= bytes + 256 && completion <= 20
        expect(usage.counted).toBe(isSaid && fits)
        if (!usage.counted) expect(units).toBe(BigInt(Math.ceil(bytes / 4) + Math.ceil('I am Stoa.\n'.length / 4)))
      }),
    )
  })

  test.each<[string, Parameters<typeof encodeChatAnswer>, string]>([
    [
      'more than was asked for',
      [lines(), { finish: 'stop', usage: { prompt: 1, completion: 21, counted: true } }],
      'more than the request allows',
    ],
    [
      'another estimate than ours',
      [lines(...deltas), { finish: 'stop', usage: { prompt: 1, completion: 1, counted: false } }],
      'are estimated',
    ],
    [
      'half a line',
      [lines(...deltas).subarray(1), { finish: 'stop', usage: { prompt: 1, completion: 1, counted: true } }],
      'no piece',
    ],
    [
      'no end of a line',
      [lines(...deltas).subarray(0, -1), { finish: 'stop', usage: { prompt: 1, completion: 1, counted: true } }],
      'does not end',
    ],
  ])('with %s is refused', (_, answer, why) => {
    expect(() => readChatAnswer(request, encodeChatAnswer(...answer))).toThrow(why)
  })

  test('with another end is refused', () => {
    const answer = encodeChatAnswer(lines(), { finish: 'stop', usage: { prompt: 1, completion: 0, counted: true } })
    const other = answer.map((tensor) => (tensor.name === 'finish' ? textTensor('finish', 'boredom') : tensor))
    expect(() => readChatAnswer(request, other)).toThrow('boredom')
  })
})
