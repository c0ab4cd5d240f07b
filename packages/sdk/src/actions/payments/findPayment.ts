import type { Address, Hex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { getAbiItem, isAddressEqual, parseEventLogs, TransactionReceiptNotFoundError } from 'viem'
import { getBlock, getLogs, getTransactionReceipt, readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { ChainBehindError } from '../../errors/chainErrors.ts'
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
  /** A block that the answer must know of, as that of a transaction that could not use the payment; none. */
  since?: bigint | undefined
}

/**
 * `unused`: the token would take it. `expired`: not used, and never will be. `paid`: used by the transaction `hash`, whoever sent it, and the account got the amount.
 * `lost`: the payer cancelled it, or used its nonce for another transfer.
 */
export type FoundPayment = { state: 'unused' | 'expired' | 'lost' } | { state: 'paid'; hash: Hex }

const USED = getAbiItem({ abi: stoaUsdAbi, name: 'AuthorizationUsed' })
const CANCELED = getAbiItem({ abi: stoaUsdAbi, name: 'AuthorizationCanceled' })

/** How often to look until what the chain says agrees with itself, and milliseconds between. */
const LOOKS = 5
const PAUSE_MS = 250

/**
 * What became of a direct payment, by the chain. A nonce that is used says nothing of whose transfer used it: the token's own next event in that transaction does,
 * for a token moves the money of an authorization as soon as it has marked it as used. Where no event says what a nonce was used for, or that it was cancelled, nothing is
 * known yet: behind one URL there may be nodes at different blocks, and nodes that have a block's accounts before its events.
 *
 * Throws `ChainBehindError` where that lasts.
 */
export async function findPayment(client: ReadClient, parameters: FindPaymentParameters): Promise<FoundPayment> {
  for (let looks = 1; ; looks++) {
    try {
      return await look(client, parameters)
    } catch (error) {
      if (!(error instanceof ChainBehindError) || looks === LOOKS) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

async function look(client: ReadClient, parameters: FindPaymentParameters): Promise<FoundPayment> {
  const { deployment, payment, account, fromBlock, since } = parameters
  const { token } = deployment
  const { payer, nonce } = payment
  const latest = await translated(getBlock(client))
  if (since !== undefined && latest.number < since) throw new ChainBehindError(`block ${since}`)
  const contract = { address: token, abi: stoaUsdAbi, blockNumber: latest.number } as const
  const used = await translated(
    readContract(client, { ...contract, functionName: 'authorizationState', args: [payer, nonce] }),
  )
  if (!used) return { state: latest.timestamp >= payment.validBefore ? 'expired' : 'unused' }
  const find = (event: typeof USED | typeof CANCELED) =>
    scanRanges({ from: fromBlock, to: latest.number }, (range) =>
      getLogs(client, { address: token, event, args: { authorizer: payer, nonce }, ...range }),
    )
  const [use] = await find(USED)
  if (use) {
    const { transactionHash: hash, logIndex } = use
    const next = (await logsOf(client, hash)).find(
      (log) => isAddressEqual(log.address, token) && log.logIndex > logIndex,
    )
    const [transfer] = next ? parseEventLogs({ abi: stoaUsdAbi, logs: [next], eventName: 'Transfer' }) : []
    const paid =
      transfer &&
      isAddressEqual(transfer.args.from, payer) &&
      isAddressEqual(transfer.args.to, account) &&
      transfer.args.value === payment.amount
    return paid ? { state: 'paid', hash } : { state: 'lost' }
  }
  const [cancellation] = await find(CANCELED)
  if (cancellation) return { state: 'lost' }
  throw new ChainBehindError(`the event of the used nonce ${nonce}`)
}

async function logsOf(client: ReadClient, hash: Hex) {
  try {
    return (await getTransactionReceipt(client, { hash })).logs
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) throw new ChainBehindError(`the receipt of ${hash}`)
    return translated(Promise.reject(error))
  }
}
