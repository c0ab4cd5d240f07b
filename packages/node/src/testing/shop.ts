import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeTensors, type Hex, TENSORS_MEDIA_TYPE, tensorOf, type Voucher, WIRE_CODES } from '@stoa/protocol'
import { nativeSecp256k1 } from '@stoa/protocol/secp256k1'
import { deposit, type WriteClient } from '@stoa/sdk'
import { expect } from 'vitest'
import { createNode, type StoaNode } from '../createNode.ts'
import type { NodeParameters } from '../parameters.ts'
import { type LocalMarket, startMarket } from './localMarket.ts'
import { createBuyer } from './market.ts'

/** A market with nodes to open and buyers to make, and everything that has to be cleared away after. */
export async function openShop() {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  const market = await startMarket(folder)
  const secp256k1 = await nativeSecp256k1()
  const nodes = new Set<StoaNode>()

  const parametersOf = (offerId: Hex): NodeParameters => ({
    folder: mkdtempSync(join(folder, 'node-')),
    rpcUrl: market.chain.rpcUrl,
    deployment: market.deployment,
    provider: market.provider.account.address,
    signerKey: market.signerKey,
    settlementKey: market.settlementKey,
    offers: [{ offerId }],
    blobs: market.blobs,
    limits: { refreshSeconds: 1 },
  })
  /** A buyer with a session key and `usd` wei deposited. */
  const openAccount = async (usd = 10n ** 6n) => {
    const buyer = createBuyer(secp256k1, { chainId: market.deployment.chainId, escrow: market.deployment.escrow })
    const payer = await market.account(usd)
    await deposit(payer, { deployment: market.deployment, key: buyer.key, amount: usd })
    return { buyer, payer }
  }
  return {
    folder,
    market,
    secp256k1,
    parametersOf,
    openAccount,
    /** A node that listens, with one offer made for it, and a buyer. */
    async open(changes: Partial<NodeParameters> = {}, terms: Parameters<LocalMarket['offer']>[0] = {}) {
      const offerId = await market.offer(terms)
      const node = await createNode({ ...parametersOf(offerId), ...changes })
      nodes.add(node)
      const { url } = await node.listen({ host: '127.0.0.1', port: 0 })
      return { ...(await openAccount()), node, url, offerId }
    },
    async closeNodes() {
      await Promise.all([...nodes].map((node) => node.close()))
      nodes.clear()
    },
    async close() {
      await this.closeNodes()
      await market.chain.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

export const now = () => Math.floor(Date.now() / 1000)

/** An encoded request with a white image: side² pixels, and no text in it. */
export function whiteImage(side: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(3 * side * side).fill(255)
  return new Uint8Array(encodeTensors([tensorOf('image', 'u8', [1, side, side, 3], pixels)]))
}

/** A voucher for one call of at most 10,000 wei. */
export function aVoucher(payer: WriteClient, offerId: Hex, changes: Partial<Voucher> = {}): Voucher {
  const terms = { lane: 1n, maxCumulative: 10_000n, validUntil: now() + 3_600 }
  return { payer: payer.account.address, offerId, ...terms, ...changes }
}

type Body = Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array>

export function infer(
  url: string,
  voucher: string | undefined,
  body: Body,
  type = TENSORS_MEDIA_TYPE,
): Promise<Response> {
  const headers = { 'content-type': type, ...(voucher && { 'stoa-voucher': voucher }) }
  // fetch asks for `duplex` with a stream; the DOM's types do not know it yet.
  const init = { method: 'POST', body, headers, duplex: 'half' }
  return fetch(`${url}/v1/infer`, init)
}

/** The error of a refused call, once it is seen to have the status and the `retry` of the table in specs/node-http.md. */
export async function refusal(response: Response) {
  const { error } = (await response.json()) as { error: Record<string, unknown> & { code: keyof typeof WIRE_CODES } }
  expect({ status: response.status, retry: error.retry }).toEqual(WIRE_CODES[error.code])
  expect(error.message).toMatch(/./)
  expect(error.hint).toMatch(/./)
  return error
}
