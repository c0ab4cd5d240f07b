import { expect, it } from 'vitest'
import { parseWei } from './parseWei.ts'

const token = { symbol: 'tUSD', decimals: 6 }
const most = { wei: 5_000_000n, words: 'Too much.' }

it.each([
  ['', {}],
  ['  ', {}],
  ['1.5', { wei: 1_500_000n }],
  [' 5 ', { wei: 5_000_000n }],
  ['5.000001', { error: 'Too much.' }],
  ['0', { error: 'Give more than nothing.' }],
])('reads %j', (text, read) => {
  expect(parseWei(text, token, most)).toEqual(read)
})

it.each(['-1', '1e3', '0.0000001', '1,000', 'NaN', '٣'])('says what is wrong with %j', (text) => {
  expect(parseWei(text, token)).toEqual({ error: expect.stringContaining('tUSD') })
})
