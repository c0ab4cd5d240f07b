import fc from 'fast-check'
import { HttpRequestError, TimeoutError } from 'viem'
import { expect, test } from 'vitest'
import { scanRanges } from './scanRanges.ts'

/** Reads block numbers, as a node does that refuses queries of more than `limit` blocks. */
function limitedTo(limit: bigint, queries: [bigint, bigint][]) {
  return async ({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) => {
    queries.push([fromBlock, toBlock])
    if (toBlock - fromBlock + 1n > limit) throw new Error('block range too large')
    return Array.from({ length: Number(toBlock - fromBlock + 1n) }, (_, i) => fromBlock + BigInt(i))
  }
}

test('reads every block once, in order, whatever the node allows', async () => {
  const small = fc.bigInt({ min: 0n, max: 400n })
  await fc.assert(
    fc.asyncProperty(small, small, fc.bigInt({ min: 1n, max: 500n }), async (from, length, limit) => {
      const to = from + length
      const blocks = await scanRanges({ from, to }, limitedTo(limit, []))
      expect(blocks).toEqual(Array.from({ length: Number(length) + 1 }, (_, i) => from + BigInt(i)))
    }),
  )
})

test('asks once where once is enough, and not twice as often as needed where it is not', async () => {
  const once: [bigint, bigint][] = []
  await scanRanges({ from: 5n, to: 1_000n }, limitedTo(10_000n, once))
  expect(once).toEqual([[5n, 1_000n]])
  const many: [bigint, bigint][] = []
  await scanRanges({ from: 0n, to: 99_999n }, limitedTo(1_000n, many))
  expect(many.length).toBeLessThan(200)
  expect(many.filter(([from, to]) => to - from >= 1_000n).length).toBeLessThan(40)
})

test('reads nothing where there is nothing', async () => {
  expect(await scanRanges({ from: 10n, to: 9n }, limitedTo(1n, []))).toEqual([])
})

test('a node that is down is told at once; one that times out gets three tries', async () => {
  let asked = 0
  const down = async () => {
    asked++
    throw new HttpRequestError({ url: 'http://127.0.0.1:1', body: {} })
  }
  await expect(scanRanges({ from: 0n, to: 99n }, down)).rejects.toMatchObject({
    code: 'CHAIN_UNAVAILABLE',
    retry: true,
  })
  expect(asked).toBe(1)
  const slow = async () => {
    asked++
    throw new TimeoutError({ url: 'http://127.0.0.1:1', body: {} })
  }
  await expect(scanRanges({ from: 0n, to: 99n }, slow)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
  expect(asked).toBe(4)
})

test('what a single block is refused for is told', async () => {
  const refuse = async () => {
    throw new Error('no such filter')
  }
  await expect(scanRanges({ from: 3n, to: 3n }, refuse)).rejects.toMatchObject({
    code: 'CHAIN_REQUEST_REFUSED',
    details: 'no such filter',
  })
})
