import type { Address, Hex } from '@stoa/protocol'
import { erc20Abi, graphArbiterAbi } from '@stoa/protocol/abi'
import { isAddressEqual } from 'viem'
import { getTransactionReceipt, readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { eventsOf } from '../../internal/eventOf.ts'
import { arbiterOf } from './arbiterOf.ts'

/** What an account got by a verdict, in wei of the stake token; `credited` where the token refused and it can be withdrawn. */
export type Payout = { account: Address; wei: bigint; credited: boolean }

/** Reads from a verdict's transaction whom the judge paid what, bonds that were given back included. */
export async function getPayouts(
  client: ReadClient,
  { deployment, transaction }: { deployment: Deployment; transaction: Hex },
): Promise<Payout[]> {
  const arbiter = arbiterOf(deployment)
  const [token, receipt] = await translated(
    Promise.all([
      readContract(client, { address: arbiter, abi: graphArbiterAbi, functionName: 'token' }),
      getTransactionReceipt(client, { hash: transaction }),
    ]),
  )
  const transfers = eventsOf(receipt, { address: token, abi: erc20Abi, eventName: 'Transfer' })
  const credits = eventsOf(receipt, { address: arbiter, abi: graphArbiterAbi, eventName: 'Credited' })
  return [
    ...transfers.flatMap(({ from, to, value }) =>
      isAddressEqual(from, arbiter) ? [{ account: to, wei: value, credited: false }] : [],
    ),
    ...credits.map(({ account, amount }) => ({ account, wei: amount, credited: true })),
  ]
}
