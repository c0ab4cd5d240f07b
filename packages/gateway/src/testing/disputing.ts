import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex, type Hex } from '@stoa/protocol'
import { getBalances } from '@stoa/sdk'
import { privateKeyToAddress } from 'viem/accounts'
import type { DescribedDispute } from '../disputes/describeDispute.ts'
import type { DisputePolicy } from '../disputes/policy.ts'
import type { GatewayEvent } from '../logger.ts'
import type { openShop } from './shop.ts'

/** What a dispute account of a test starts with, wei. */
export const DISPUTE_FUNDS = 20_000_000n

/** A gateway that computes every answer again and disputes what is wrong, with what it tells. */
export async function openDisputing(
  shop: Awaited<ReturnType<typeof openShop>>,
  changes: Partial<DisputePolicy> & { funds?: bigint } = {},
) {
  const { funds = DISPUTE_FUNDS, ...policy } = changes
  const { market } = shop
  const { deployment } = market
  const key = bytesToHex(randomBytes(32))
  const account = privateKeyToAddress(key)
  await market.fund(account, funds)
  const events: GatewayEvent[] = []
  const { gateway, parameters } = await shop.gateway({
    rerun: { share: 1 },
    // What is mined at once is never so late that it is sent anew.
    disputes: { key, interval: 50, patience: 20_000, ...policy },
    logger: (event) => events.push(event),
  })
  return {
    ...{ gateway, parameters, account, events },
    /** What was done in disputes, in order. */
    steps: () => events.flatMap((event) => (event.type === 'dispute' ? [event.step] : [])),
    /** Wei of the stake token that the dispute account holds. */
    holds: async () => (await getBalances(market.reader, { deployment, account })).token,
    /** Waits until the dispute about a receipt has ended. */
    async ended(receipt: Hex): Promise<DescribedDispute> {
      await until(() => !['waiting', 'playing', undefined].includes(gateway.dispute(receipt)?.state))
      return gateway.dispute(receipt) as DescribedDispute
    },
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(40)
}
