import type { Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import fc from 'fast-check'
import { encodeAbiParameters, encodeEventTopics, numberToHex, zeroHash } from 'viem'
import { expect, it } from 'vitest'
import { joinRuns, type RpcLog, runOf, type Settlement } from './runs.ts'

const ESCROW: Hex = `0x${'Ee'.repeat(20)}`
const OTHER: Hex = `0x${'0a'.repeat(20)}`
const SETTLED = escrowAbi.find((item) => item.type === 'event' && item.name === 'Settled')

const word = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`)
const sale = fc.record({
  offerId: word,
  payer: word.map((hex): Hex => `0x${hex.slice(-40)}`),
  lane: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  paid: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  settled: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  calls: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})
type Sale = Omit<Settlement, 'logIndex'>

/** A log as a chain's own client would have it. */
function settledLog({ offerId, payer, lane, paid, settled, calls }: Sale): Pick<RpcLog, 'topics' | 'data'> {
  const topics = encodeEventTopics({ abi: escrowAbi, eventName: 'Settled', args: { offerId, payer } }) as Hex[]
  const data = (SETTLED?.inputs ?? []).filter((input) => !('indexed' in input && input.indexed))
  return { topics, data: encodeAbiParameters(data, [lane, paid, settled, calls] as never) }
}

const log = fc
  .record({
    sale,
    kind: fc.constantFrom('settled', 'settled', 'settled', 'other event', 'other contract', 'longer'),
    /** Of two logs next to each other in an answer, whether they are so in the chain, and in one transaction. */
    gap: fc.constantFrom(1, 1, 1, 1, 2),
    sameTransaction: fc.constantFrom(true, true, true, false),
  })
  .map((made) => ({ ...made, ...settledLog(made.sale) }))

const logs = fc.array(log, { maxLength: 40 }).map((list) => {
  let [index, transaction] = [0, 0]
  return list.map(({ kind, gap, sameTransaction, sale, topics, data }) => {
    index += gap
    if (!sameTransaction) transaction++
    const where = { blockHash: zeroHash, transactionHash: numberToHex(transaction, { size: 32 }) }
    const rpc: RpcLog = {
      ...where,
      address: kind === 'other contract' ? OTHER : ESCROW,
      topics: kind === 'other event' ? [zeroHash, ...topics.slice(1)] : topics,
      data: kind === 'longer' ? `${data}00` : data,
      logIndex: numberToHex(index),
    }
    return { kind, sale: { logIndex: index, ...sale }, rpc }
  })
})

it('loses no settlement, changes none, and leaves other logs where they are', () => {
  fc.assert(
    fc.property(logs, fc.boolean(), (list, live) => {
      const seen = joinRuns(
        list.map(({ rpc }) => rpc),
        ESCROW,
        live,
      ).flatMap((rpc): unknown[] => {
        const whole = list.find((each) => each.rpc.logIndex === rpc.logIndex)
        if (whole?.kind !== 'settled') return [rpc]
        const run = runOf({ ...rpc, logIndex: Number(rpc.logIndex) })
        expect(run.live).toBe(live)
        return run.sales
      })
      expect(seen).toEqual(list.map(({ kind, sale, rpc }) => (kind === 'settled' ? sale : rpc)))
    }),
  )
})

it('makes one log of a transaction that settles two hundred claims', () => {
  const one = { lane: 1n, paid: 17n, settled: 17n, calls: 3, offerId: zeroHash, payer: OTHER }
  const many = Array.from({ length: 200 }, (_, n) => ({
    ...settledLog({ ...one, lane: BigInt(n) }),
    ...{ address: ESCROW, blockHash: zeroHash, transactionHash: zeroHash, logIndex: numberToHex(7 + n) },
  }))
  const [joined, ...rest] = joinRuns(many, ESCROW.toLowerCase() as Hex, false)
  expect(rest).toEqual([])
  const sales = many.map((_, n) => ({ ...one, logIndex: 7 + n, lane: BigInt(n) }))
  expect(joined && runOf({ ...joined, logIndex: 7 })).toEqual({ sales, live: false })
})
