import { expect, it } from 'vitest'
import { readSampling } from './readSampling.ts'

const TEXTS = { maxTokens: '64', temperature: '0.7', seed: '' }

it.each([
  [{}, { maxTokens: 64, temperature: 0.7, seed: undefined }],
  [{ maxTokens: ' 4096 ' }, { maxTokens: 4096, temperature: 0.7, seed: undefined }],
  [
    { temperature: '0', seed: '7' },
    { maxTokens: 64, temperature: 0, seed: 7 },
  ],
  [{ temperature: '2.0' }, { maxTokens: 64, temperature: 2, seed: undefined }],
])('reads %j', (typed, sampling) => {
  expect(readSampling({ ...TEXTS, ...typed })).toEqual({ sampling, errors: {} })
})

it.each([
  ['maxTokens', ''],
  ['maxTokens', '0'],
  ['maxTokens', '4097'],
  ['maxTokens', '1e3'],
  ['maxTokens', '٣'],
  ['temperature', ''],
  ['temperature', '-1'],
  ['temperature', '2.1'],
  ['seed', '1.5'],
  ['seed', '1234567890123456'],
] as const)('says what is wrong with the %s "%s"', (name, text) => {
  const { sampling, errors } = readSampling({ ...TEXTS, [name]: text })
  expect(sampling).toBeUndefined()
  expect(Object.keys(errors)).toEqual([name])
})
