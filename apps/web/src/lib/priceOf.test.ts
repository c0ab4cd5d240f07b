import { expect, it } from 'vitest'
import { priceOf } from './priceOf.ts'

it('says what one call costs, and what a million of anything smaller does', () => {
  expect(priceOf(100_000_000n, 'call')).toEqual({ wei: 100n, per: 'call' })
  expect(priceOf(1n, 'call')).toEqual({ wei: 1n, per: 'million calls' })
  expect(priceOf(80_000n, 'token')).toEqual({ wei: 80_000n, per: 'million tokens' })
})
