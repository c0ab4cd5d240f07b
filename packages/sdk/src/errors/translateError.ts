import type { Hex } from '@stoa/protocol'
import { BaseError } from '@stoa/protocol'
import type { Abi } from 'viem'
import {
  ContractFunctionZeroDataError,
  decodeErrorResult,
  HttpRequestError,
  SocketClosedError,
  TimeoutError,
  WebSocketRequestError,
} from 'viem'
import { ChainRequestError, ChainUnavailableError, ContractRevertError, UnexpectedAnswerError } from './chainErrors.ts'
import { CONTRACT_ABIS } from './contractAbis.ts'

/** Every error that any of the contracts declares: a call into one may revert with another's, as a deposit does with the token's. */
export const CONTRACT_ERRORS: Abi = CONTRACT_ABIS.flat().filter((entry) => entry.type === 'error')

/** Turns whatever viem threw into one of `chainErrors.ts`; errors of our own pass through. */
export function translateError(error: unknown, hash?: Hex): BaseError {
  if (error instanceof BaseError) return error
  const chain = causes(error)
  const data = chain.map(revertData).find((found) => found !== undefined)
  if (data) return decodeRevert(data, error, hash)
  if (chain.some((cause) => cause instanceof ContractFunctionZeroDataError))
    return new UnexpectedAnswerError('nothing, as an address without code answers', error)
  if (chain.some(isUnreachable)) return new ChainUnavailableError(error)
  return new ChainRequestError(error)
}

/** Awaits a viem call; what it throws comes out translated. */
export async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw translateError(error)
  }
}

/** Whether the transport failed, as opposed to the node answering with an error. A 4xx other than 408 and 429 is such an answer. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof HttpRequestError) {
    const { status } = error
    return status === undefined || status === 408 || status === 429 || status >= 500
  }
  return error instanceof TimeoutError || error instanceof WebSocketRequestError || error instanceof SocketClosedError
}

/** The error and everything that caused it, outermost first. */
export function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let cause = error; cause instanceof Error && !chain.includes(cause); cause = cause.cause) chain.push(cause)
  return chain
}

/** What a contract reverted with. Nodes put it into `data` of the JSON-RPC error, some of them one level deeper. */
function revertData(error: unknown): Hex | undefined {
  if (!error || typeof error !== 'object' || !('data' in error)) return undefined
  const { data } = error
  if (typeof data === 'string') return /^0x([0-9a-f]{2}){4,}$/i.test(data) ? (data as Hex) : undefined
  return revertData(data)
}

function decodeRevert(data: Hex, cause: unknown, hash: Hex | undefined): BaseError {
  try {
    const { errorName, abiItem, args = [] } = decodeErrorResult({ abi: CONTRACT_ERRORS, data })
    const inputs = abiItem.type === 'error' ? abiItem.inputs : []
    const named = Object.fromEntries(args.map((value, i) => [inputs[i]?.name || `${i}`, value]))
    return new ContractRevertError(errorName, named, { cause, hash })
  } catch {
    return new ContractRevertError('UnknownRevert', { data }, { cause, hash })
  }
}
