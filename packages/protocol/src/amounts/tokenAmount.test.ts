import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatAmount, parseAmount } from './tokenAmount.ts'

const LOCAL_TOKEN = { symbol: 'tUSD', decimals: 6 }

it('writes what it reads, to the wei', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 90n }), fc.integer({ min: 0, max: 18 }), (wei, decimals) => {
      const token = { symbol: 'X', decimals }
      const [number = ''] = formatAmount(wei, token).split(' ')
      expect(parseAmount(number, token)).toBe(wei)
    }),
  )
})

it.each(['', '-1', '1e6', '1.0000001', '0x10', ' 1', '1.'])('refuses "%s"', (text) => {
  expect(() => parseAmount(text, LOCAL_TOKEN)).toThrow('is not an amount of tUSD')
})

it('shows small amounts without exponent', () => {
  expect(formatAmount(1n, LOCAL_TOKEN)).toBe('0.000001 tUSD')
  expect(formatAmount(-2_500_000n, LOCAL_TOKEN)).toBe('-2.5 tUSD')
})
