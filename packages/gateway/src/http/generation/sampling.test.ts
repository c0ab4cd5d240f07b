import { expect, test } from 'vitest'
import { cutAtStop, samplingOf } from './sampling.ts'

test('turns wishes into whole numbers, with defaults of OpenAI', () => {
  const { seed, ...rest } = samplingOf({ temperature: 0.7, top_p: 0.9, max_tokens: 5 }, 9)
  expect(rest).toEqual({ maxTokens: 5, temperature: 700, topK: 0, topP: 900_000 })
  expect(seed).toHaveLength(32)
  expect(samplingOf({ max_completion_tokens: 7, max_tokens: 5 }, 9)).toMatchObject({
    maxTokens: 7,
    temperature: 1000,
    topP: 1_000_000,
  })
  expect(samplingOf({ top_p: 1e-9 }, 9).topP).toBe(1)
})

test.each([
  [1000, 128],
  [50, 50],
  [0, 1],
])('with room for %d tokens %d are asked for unless the caller says how many', (room, maxTokens) => {
  expect(samplingOf({}, room)).toMatchObject({ maxTokens })
  expect(samplingOf({ max_tokens: 300 }, room)).toMatchObject({ maxTokens: 300 })
})

test('a seed stands for the same bytes everywhere, none for fresh ones', () => {
  expect([...samplingOf({ seed: -2 }, 9).seed.subarray(0, 9)]).toEqual([254, 255, 255, 255, 255, 255, 255, 255, 0])
  expect(samplingOf({}, 9).seed).not.toEqual(samplingOf({}, 9).seed)
})

test.each([
  ['a. b. c', 'b', 'a. '],
  ['a. b. c', ['c', 'b'], 'a. '],
  ['a. b. c', '', undefined],
  ['a. b. c', null, undefined],
])('%j stopped at %j is %j', (text, stop, cut) => expect(cutAtStop(text, stop)).toBe(cut))
