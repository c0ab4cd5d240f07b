import type { Address, Hex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { isAddressEqual, parseEventLogs } from 'viem'
import { getBlock, getLogs, getTransactionReceipt, readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'
import type { DirectPayment } from './directPayment.ts'

export type FindPaymentParameters = {
  deployment: Deployment
  payment: Pick<DirectPayment, 'payer' | 'nonce' | 'amount' | 'validBefore'>
  /** The offer's account (`getOfferAccount`). */
  account: Address
  /** A block at which the payment was not used yet. */
  fromBlock: bigint
}

/**
 * `unused`: the token would take it. `expired`: not used, and never will be. `paid`: used by the transaction `hash`, whoever sent it, and the account got the amount.
 * `lost`: the payer cancelled it, or used its nonce for another transfer.
 */
export type FoundPayment = { state: 'unused' | 'expired' | 'lost' } | { state: 'paid'; hash: Hex }

const AUTHORIZATION_USED = stoaUsdAbi.find((entry) => entry.type === 'event' && entry.name === 'AuthorizationUsed')

/**
 * What became of a direct payment, by the chain. A nonce that is used says nothing of whose transfer used it: the token's own next event in that transaction does,
 * for a token moves the money of an authorization as soon as it has marked it as used.
 */
export async function findPayment(client: ReadClient, parameters: FindPaymentParameters): Promise<FoundPayment> {
  const { deployment, payment, account, fromBlock } = parameters
  const { token } = deployment
  const { payer, nonce } = payment
  const latest = await translated(getBlock(client))
  const contract = { address: token, abi: stoaUsdAbi, blockNumber: latest.number } as const
  const used = await translated(
    readContract(client, { ...contract, functionName: 'authorizationState', args: [payer, nonce] }),
  )
  if (!used) return { state: latest.timestamp >= payment.validBefore ? 'expired' : 'unused' }
  const logs = await scanRanges({ from: fromBlock, to: latest.number }, (range) =>
    getLogs(client, { address: token, event: AUTHORIZATION_USED, args: { authorizer: payer, nonce }, ...range }),
  )
  for (const { transactionHash: hash, logIndex } of logs) {
    const { logs: all } = await translated(getTransactionReceipt(client, { hash }))
    const next = all.find((log) => isAddressEqual(log.address, token) && log.logIndex > logIndex)
    const [transfer] = next ? parseEventLogs({ abi: stoaUsdAbi, logs: [next], eventName: 'Transfer' }) : []
    if (!transfer) continue
    const { from, to, value } = transfer.args
    if (isAddressEqual(from, payer) && isAddressEqual(to, account) && value === payment.amount)
      return { state: 'paid', hash }
  }
  return { state: 'lost' }
}
