import { type Fate, openRpcProxy } from '@stoa/localnet/rpcProxy'
import { expect } from 'vitest'
import { createNode } from '../createNode.ts'
import { calling, inferUrl, openX402Shop, PRICE } from './x402Shop.ts'

/** Fates of transactions that are sent, one after the other: refused, lost on the way back, let through. */
const SENDING: readonly Fate[] = ['pass', 'error', 'pass', 'lose', 'pass', 'pass', 'lose', 'error', 'error']

/**
 * Buys `payments` answers by signed transfer with stock clients, `atOnce` at a time, over a link that refuses or loses every other transaction, and holds the books to the wei: every call is answered, every payer paid
 * once, the offer has it all.
 */
export async function buyBurst({ payments, atOnce }: { payments: number; atOnce: number }) {
  const shop = await openX402Shop()
  const proxy = await openRpcProxy(shop.market.chain.rpcUrl)
  const offerId = await shop.offer()
  const node = await createNode({
    ...shop.parametersOf(offerId),
    rpcUrl: proxy.url,
    limits: { refreshSeconds: 1, maxQueue: atOnce },
  })
  try {
    const { url } = await node.listen({ host: '127.0.0.1', port: 0 })
    const each = Math.ceil(payments / atOnce)
    const funds = PRICE * BigInt(each)
    const buyers = []
    for (let n = 0; n < atOnce; n++) buyers.push(await shop.exactBuyer(funds))
    let sent = 0
    proxy.decide((method) =>
      method === 'eth_sendRawTransaction' ? (SENDING[sent++ % SENDING.length] ?? 'pass') : 'pass',
    )
    const started = performance.now()
    const bodies = await Promise.all(
      buyers.map(async (buyer, who) => {
        const answers: string[] = []
        for (let n = 0; n < each; n++) {
          const response = await buyer.fetch(inferUrl(url), calling(shop.bodyOf(`${who}.${n}`)))
          const text = await response.text()
          expect({ status: response.status, text: response.ok ? '' : text }).toEqual({ status: 200, text: '' })
          answers.push(JSON.parse(text).id)
        }
        return answers
      }),
    )
    const seconds = (performance.now() - started) / 1000
    proxy.decide(() => 'pass')
    expect(new Set(bodies.flat()).size).toBe(each * atOnce)
    await node.settleNow()
    for (const { payer } of buyers) expect(await shop.balanceOf(payer)).toBe(0n)
    expect(await shop.earned(offerId)).toEqual({ revenue: funds * BigInt(atOnce), unswept: 0n })
    expect(node.status().pendingPayments).toBe(0)
    return { payments: each * atOnce, transactions: sent, seconds }
  } finally {
    await node.close()
    proxy.close()
    await shop.close()
  }
}
