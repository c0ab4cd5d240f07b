import { setTimeout as sleep } from 'node:timers/promises'
import {
  ContractRevertError,
  type Deployment,
  getAccount,
  requestWithdrawal,
  type WriteClient,
  withdraw,
} from '@stoa/sdk'
import { createTestClient, http } from 'viem'
import type { Random } from './random.ts'

/** An account whose owner takes money out while gateways spend it. */
export type Owner = { client: WriteClient; deployment: Deployment; rpcUrl: string }

/** Wei that may be left of the deposit while a withdrawal is announced: from nothing to some hundred calls. */
const MOST_LEFT = 20_000

/** Announces that nearly all of the deposit is to leave, and a while later that less of it is, or nothing. */
export async function announce(owner: Owner, own: Random): Promise<void> {
  const left = BigInt(own.pick([[1, 0] as const, [2, own.between(0, MOST_LEFT)] as const]))
  await request(owner, (balance) => (balance > left ? balance - left : 1n))
  await sleep(own.between(300, 2_000))
  const stays = own.next() < 0.5
  await request(owner, (balance) => (stays ? 0n : balance / 2n))
}

/** What is settled between look and announcement makes the deposit less than was announced: then it is looked at again. */
async function request({ client, deployment }: Owner, amountOf: (balance: bigint) => bigint) {
  for (;;) {
    const { balance } = await getAccount(client, { deployment, payer: client.account.address })
    try {
      return await requestWithdrawal(client, { deployment, amount: amountOf(balance) })
    } catch (error) {
      if (!(error instanceof ContractRevertError) || error.code !== 'InsufficientBalance') throw error
    }
  }
}

/** Takes all that is left out, which the escrow pays after its delay and not before. */
export async function leave(owner: Owner): Promise<{ paid: bigint; paidEarly: boolean }> {
  const { client, deployment, rpcUrl } = owner
  const { withdrawableAt } = await request(owner, (balance) => balance)
  const paidEarly = await withdraw(client, { deployment }).then(
    () => true,
    () => false,
  )
  const anvil = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await anvil.setNextBlockTimestamp({ timestamp: BigInt(withdrawableAt) })
  await anvil.mine({ blocks: 1 })
  const { amount } = await withdraw(client, { deployment })
  return { paid: amount, paidEarly }
}
