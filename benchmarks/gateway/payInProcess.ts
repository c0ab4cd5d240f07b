import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acceptPayment, openPayments, readPayerFrom, readTogetherFrom } from '@stoa/node'
import { encodeTensors, type Hex, tensorOf } from '@stoa/protocol'
import { AUTHORIZATION, createChainClient, getOffer } from '@stoa/sdk'
import { recoverTypedDataAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { inTurns } from '../payments/inTurns.ts'
import { buyBeside } from './buyBeside.ts'
import { openBuyer } from './openBuyer.ts'
import type { RunningEconomy } from './startEconomy.ts'

const WARM = 1_000

/** Payments that are made as often as is asked; `run` gives the seconds that so many of them took. */
export type PaymentRun = { run(payments: number): Promise<number>; close(): Promise<void> }

/**
 * Payments without HTTP and model, `atOnce` at a time on as many lanes, warm: the buyer, on a thread of its own, signs a voucher; the seller checks it, signs the receipt and stores
 * voucher, answer and receipt (`synchronous` NORMAL).
 */
export async function openPaymentRun(
  economy: RunningEconomy,
  { offerId, atOnce }: { offerId: Hex; atOnce: number },
): Promise<PaymentRun> {
  const { rpcUrl, deployment } = economy
  const { chainId, escrow, providerRegistry } = deployment
  const folder = await mkdtemp(join(tmpdir(), 'stoa-payments-'))
  const client = createChainClient({ rpcUrl, chainId, timeout: 3_000, retryCount: 0 })
  const offer = await getOffer(client, { deployment, offerId })
  const opened = await openPayments({
    ...{ folder, durability: 'normal', chainId, escrow, providerRegistry, refreshSeconds: 30, staleSeconds: 60 },
    offers: [{ offerId, offer, weightsDigest: `0x${'00'.repeat(32)}` }],
    terms: { intervalSeconds: 60, maxVoucherValidity: 86_400 },
    signerKey: randomBytes(32),
    readPayer: readPayerFrom(readTogetherFrom(client), escrow),
    isOpen: async () => true,
  })
  const buyer = buyBeside(await openBuyer(economy, offerId))
  // One short sentence.
  const request = [
    tensorOf('ids', 'u32', [4], Uint32Array.of(66, 636, 1549, 6)),
    tensorOf('offsets', 'u32', [2], Uint32Array.of(0, 4)),
  ]
  const answer = [tensorOf('embedding', 'i32', [1, 512], new Int32Array(512))]
  const body = encodeTensors(request)
  const lanes = Array.from({ length: atOnce }, (_, i) => BigInt(i + 1))
  const run = (payments: number) =>
    inTurns(payments, atOnce, async () => {
      // One call at a time is in flight on a lane.
      const lane = lanes.pop() ?? 0n
      await acceptPayment(opened, { voucher: await buyer.next(lane), body: () => body, answer: () => answer })
      lanes.push(lane)
    })
  // Every lane is read from the chain once.
  await run(WARM)
  return {
    run,
    async close() {
      await buyer.stop()
      opened.store.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The peer: what an x402 `exact` client and its facilitator compute for one payment with viem, signature and recovery, storing nothing. */
export async function exactSignaturesPerSecond(payments: number): Promise<number> {
  const account = privateKeyToAccount(generatePrivateKey())
  const bytes32 = `0x${'11'.repeat(32)}` as const
  const address = `0x${'22'.repeat(20)}` as const
  const typed = {
    domain: { name: 'USD', version: '1', chainId: 31_337, verifyingContract: address },
    types: { TransferWithAuthorization: AUTHORIZATION },
    primaryType: 'TransferWithAuthorization',
  } as const
  const started = performance.now()
  for (let n = 0; n < payments; n++) {
    const message = {
      from: account.address,
      to: address,
      value: BigInt(n),
      validAfter: 0n,
      validBefore: 1n,
      nonce: bytes32,
    }
    const signature = await account.signTypedData({ ...typed, message })
    await recoverTypedDataAddress({ ...typed, message, signature })
  }
  return (1000 * payments) / (performance.now() - started)
}
