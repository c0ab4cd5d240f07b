import type { Hex } from '@stoa/protocol'
import type { Chain, Client, LocalAccount, TransactionReceipt, Transport } from 'viem'
import { keccak256, TransactionReceiptNotFoundError } from 'viem'
import {
  estimateGas,
  getChainId,
  getTransactionCount,
  getTransactionReceipt,
  prepareTransactionRequest,
  sendRawTransaction,
  signTransaction,
} from 'viem/actions'
import { ChainRequestError, FeeTooHighError, OutcomeUnknownError, WrongChainError } from './errors/chainErrors.ts'
import { translated, translateError } from './errors/translateError.ts'
import { type Call, EARLY_LOOKS, revertOf } from './sendCall.ts'

/** A client whose account signs here, so that a transaction's hash is known before anybody sees it. */
export type SignerClient = Client<Transport, Chain | undefined, LocalAccount>

export type OpenSenderParameters = {
  chainId: number
  /** Milliseconds after which a transaction that is not mined is left to the next `send`, which replaces it; 30,000. */
  patience?: number
  /** Milliseconds between looks for a receipt; 250. */
  interval?: number
  /** Most wei for a unit of gas, tip included; undefined: what the chain asks. */
  mostFeePerGas?: bigint
}

/**
 * Sends transactions of one account, one after the other, each with the next nonce of the chain. So there is never more than one under way, and what is sent while
 * an earlier one is stuck, or by a process that forgot the earlier one, takes its place with a higher fee instead of following it: done twice is done once. The
 * account must be used by nobody else.
 */
export type Sender = {
  /** The nonce that the next transaction has: how many of the account's the chain knows. */
  nonce(): Promise<number>
  /**
   * Sends and waits. Throws `ContractRevertError` for what would revert or did, `OutcomeUnknownError` for what was not mined in time or was overtaken by
   * an earlier transaction with its nonce: look at the chain, then send what is needed. Throws `FeeTooHighError` before anything is signed.
   */
  send(call: Call): Promise<TransactionReceipt>
}

/** Percent by which a fee must rise to replace a transaction; nodes ask for 10. */
const BUMP = 125n
/** Times what the chain asks for a new transaction, above which no replacement goes: one that is stuck at such a price is stuck for another reason. */
const MOST_RAISE = 16n
/** Replacements of a transaction that this process has not seen, until it is given up for now. */
const BUMPS = 12

type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } | { gasPrice: bigint }

// Longer than a function should be: what it remembers of the open nonce belongs to each step of a sending.
export function openSender(client: SignerClient, parameters: OpenSenderParameters): Sender {
  const { chainId, patience = 30_000, interval = 250, mostFeePerGas } = parameters
  const { account } = client
  /** What was sent with the nonce that is still open. */
  let open: { nonce: number; fees: Fees; hashes: Hex[] } | undefined
  let last: Promise<unknown> = Promise.resolve()

  const nonceNow = () => translated(getTransactionCount(client, { address: account.address, blockTag: 'latest' }))

  /** Signs and hands over, with a higher fee as long as the node has another of this nonce that pays as much. Undefined where what is out pays all that may be paid. */
  const handOver = async (request: Call, gas: bigint, nonce: number): Promise<Hex | undefined> => {
    const options = { account, chain: client.chain ?? null, ...request, gas, nonce, chainId }
    const prepared = await translated(prepareTransactionRequest(client, { ...options, parameters: ['fees', 'type'] }))
    const asked = feesOf(prepared)
    if (mostFeePerGas !== undefined && perGas(asked) > mostFeePerGas)
      throw new FeeTooHighError(perGas(asked), mostFeePerGas)
    const most = leastOf(MOST_RAISE * perGas(asked), mostFeePerGas)
    let fees = asked
    if (open?.nonce === nonce) {
      fees = higher(asked, raised(open.fees))
      // What is out pays all that may be paid: it is waited for, as long as it takes.
      if (perGas(fees) > most) return undefined
    }
    for (let bumps = 0; ; bumps++) {
      const raw = await signTransaction(client, { ...options, type: prepared.type, ...fees } as never)
      const hash = keccak256(raw)
      // Known before it is sent: whatever becomes of the answer, the receipt is looked for.
      open = { nonce, fees, hashes: open?.nonce === nonce ? [...open.hashes, hash] : [hash] }
      try {
        await sendRawTransaction(client, { serializedTransaction: raw })
        return hash
      } catch (error) {
        const words = String(error)
        if (/already known|already imported/i.test(words)) return hash
        if (/underpriced/i.test(words) && bumps < BUMPS && perGas(raised(fees)) <= most) fees = raised(fees)
        else if (/nonce too low|nonce is too low/i.test(words)) throw new OutcomeUnknownError(hash, error)
        else throw translateError(error)
      }
    }
  }

  /** The receipt of any transaction sent with this nonce. */
  const minedOf = async (hashes: readonly Hex[]): Promise<TransactionReceipt | undefined> => {
    for (const hash of hashes) {
      const receipt = await receiptOf(client, hash)
      if (receipt) return receipt
    }
    return undefined
  }

  const send = async (request: Call): Promise<TransactionReceipt> => {
    const actual = await translated(getChainId(client))
    if (actual !== chainId) throw new WrongChainError(actual, chainId)
    const estimate = await translated(estimateGas(client, { account, ...request }))
    const nonce = await nonceNow()
    const hash = await handOver(request, (estimate * 6n) / 5n, nonce)
    const deadline = performance.now() + patience
    for (let looks = 1; ; looks++) {
      const receipt = await minedOf(open?.hashes ?? [])
      if (receipt && receipt.transactionHash === hash) return done(client, request, receipt)
      // An earlier one with this nonce was mined in its place.
      if (receipt || performance.now() > deadline) throw new OutcomeUnknownError(hash, new Error('not mined in time'))
      await new Promise((resolve) => setTimeout(resolve, Math.min(interval, EARLY_LOOKS[looks] ?? interval)))
    }
  }
  return {
    nonce: nonceNow,
    send(request) {
      const result = last.then(() => send(request))
      last = result.catch(() => undefined)
      return result
    },
  }
}

async function done(client: SignerClient, request: Call, receipt: TransactionReceipt): Promise<TransactionReceipt> {
  if (receipt.status === 'reverted') throw await revertOf(client, request, receipt)
  return receipt
}

async function receiptOf(client: SignerClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await getTransactionReceipt(client, { hash })
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined
    throw new OutcomeUnknownError(hash, error)
  }
}

function feesOf(fees: { maxFeePerGas?: bigint; maxPriorityFeePerGas?: bigint; gasPrice?: bigint }): Fees {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = fees
  if (maxFeePerGas !== undefined && maxPriorityFeePerGas !== undefined) return { maxFeePerGas, maxPriorityFeePerGas }
  if (gasPrice !== undefined) return { gasPrice }
  throw new ChainRequestError(new Error('the node tells no fee'))
}

/** The most that a unit of gas may cost, wei. */
const perGas = (fees: Fees): bigint => ('gasPrice' in fees ? fees.gasPrice : fees.maxFeePerGas)

const leastOf = (a: bigint, b: bigint | undefined): bigint => (b === undefined || a < b ? a : b)

function raised(fees: Fees): Fees {
  const more = (fee: bigint) => (fee * BUMP) / 100n + 1n
  if ('gasPrice' in fees) return { gasPrice: more(fees.gasPrice) }
  const { maxFeePerGas, maxPriorityFeePerGas } = fees
  return { maxFeePerGas: more(maxFeePerGas), maxPriorityFeePerGas: more(maxPriorityFeePerGas) }
}

function higher(a: Fees, b: Fees): Fees {
  const max = (x: bigint, y: bigint) => (x > y ? x : y)
  if ('gasPrice' in a || 'gasPrice' in b) return 'gasPrice' in a && 'gasPrice' in b && a.gasPrice > b.gasPrice ? a : b
  return {
    maxFeePerGas: max(a.maxFeePerGas, b.maxFeePerGas),
    maxPriorityFeePerGas: max(a.maxPriorityFeePerGas, b.maxPriorityFeePerGas),
  }
}
