import type { Address, Hex } from '@stoa/protocol'
import type { TransactionReceipt } from 'viem'
import { TransactionReceiptNotFoundError } from 'viem'
import {
  call,
  estimateGas,
  getChainId,
  getTransactionReceipt,
  sendTransaction,
  waitForTransactionReceipt,
} from 'viem/actions'
import type { ReadClient, WriteClient } from './clients.ts'
import { ChainRequestError, ContractRevertError, OutcomeUnknownError, WrongChainError } from './errors/chainErrors.ts'
import { causes, isUnreachable, translated, translateError } from './errors/translateError.ts'

/** What every write returns: its transaction, mined. */
export type WriteResult = { hash: Hex; gasUsed: bigint; blockNumber: bigint }

/** A transaction to send: `data` is the encoded call, `value` wei of the chain's own coin. */
export type Call = { to: Address; data?: Hex; value?: bigint }

/** Milliseconds between the first looks for a receipt: local chains and rollups mine within these, others by the client's polling. */
export const EARLY_LOOKS = [0, 4, 8, 16, 32, 64, 128, 256]
/**
 * Milliseconds between looks for a new block afterwards, at least. viem passes over a block that it sees while it still asks about the one before, and waits for the next, which a chain that mines
 * on demand never makes: what is asked must be answered in between.
 */
const LEAST_WATCH_MS = 1_000

/**
 * Estimates, sends and waits for one transaction. The estimate is the rehearsal: what would revert throws `ContractRevertError` here and
 * costs nothing. Throws `WrongChainError` before anything is signed, `OutcomeUnknownError` when it was sent and not seen again.
 */
export async function sendCall(client: WriteClient, chainId: number, request: Call): Promise<TransactionReceipt> {
  const actual = await translated(getChainId(client))
  if (actual !== chainId) throw new WrongChainError(actual, chainId)
  const { account } = client
  const estimate = await translated(estimateGas(client, { account, ...request }))
  // Others' transactions may come between estimate and execution and make it dearer; unused gas is not paid.
  const gas = (estimate * 6n) / 5n
  const hash = await sendOnce(client, request, gas)
  const receipt = await awaitReceipt(client, hash)
  if (receipt.status === 'reverted') throw await revertOf(client, request, receipt)
  return receipt
}

/** The part of a receipt that every write returns. */
export function writeResult({ transactionHash, gasUsed, blockNumber }: TransactionReceipt): WriteResult {
  return { hash: transactionHash, gasUsed, blockNumber }
}

async function sendOnce(client: WriteClient, request: Call, gas: bigint): Promise<Hex> {
  try {
    return await sendTransaction(client, { account: client.account, chain: client.chain ?? null, ...request, gas })
  } catch (error) {
    throw causes(error).some(isUnreachable) ? new OutcomeUnknownError(undefined, error) : translateError(error)
  }
}

async function awaitReceipt(client: ReadClient, hash: Hex): Promise<TransactionReceipt> {
  try {
    for (const delay of EARLY_LOOKS) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      const receipt = await receiptNow(client, hash)
      if (receipt) return receipt
    }
    const pollingInterval = Math.max(client.pollingInterval, LEAST_WATCH_MS)
    return await waitForTransactionReceipt(client, { hash, pollingInterval })
  } catch (error) {
    throw new OutcomeUnknownError(hash, error)
  }
}

async function receiptNow(client: ReadClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await getTransactionReceipt(client, { hash })
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined
    throw error
  }
}

/** Why a mined transaction failed: the same call on the state that it left behind, as nodes keep no reason. */
export async function revertOf(client: WriteClient, request: Call, receipt: TransactionReceipt): Promise<Error> {
  const { transactionHash: hash, blockNumber } = receipt
  try {
    await call(client, { account: client.account, ...request, blockNumber })
  } catch (error) {
    const reason = translateError(error, hash)
    if (reason instanceof ContractRevertError) return reason
  }
  return new ChainRequestError(new Error(`transaction ${hash} was mined and failed for a reason that is gone`))
}
