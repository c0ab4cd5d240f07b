import type { Address, Hex } from '@stoa/protocol'
import { BaseError } from '@stoa/protocol'
import { hintFor } from './hints.ts'

/** Arguments of a custom error by their names in the contract. */
export type RevertArguments = Readonly<Record<string, unknown>>

/** A contract refused. `code` is the name of its custom error, `args` the values it carried. */
export class ContractRevertError extends BaseError {
  override name = 'ContractRevertError'
  readonly args: RevertArguments
  /** The transaction, when it was mined and failed; none when it was refused before it was sent. */
  readonly hash: Hex | undefined

  constructor(errorName: string, args: RevertArguments, options: { cause?: unknown; hash?: Hex | undefined } = {}) {
    const values = Object.entries(args).map(([name, value]) => `${name}: ${String(value)}`)
    const hint = hintFor(errorName)
    super(`The contract refused: ${errorName}${values.length > 0 ? ` (${values.join(', ')})` : ''}.`, {
      code: errorName,
      cause: options.cause,
      ...(hint ? { hint } : {}),
      ...(options.hash ? { details: `Transaction ${options.hash} was mined and failed.` } : {}),
    })
    this.args = args
    this.hash = options.hash
  }
}

/** The chain did not answer. Nothing was sent: asking again is safe. */
export class ChainUnavailableError extends BaseError {
  override name = 'ChainUnavailableError'
  constructor(cause: unknown) {
    super('The chain does not answer.', {
      code: 'CHAIN_UNAVAILABLE',
      details: firstLine(cause),
      hint: 'Check that the RPC URL is right and that its node is running, then try again.',
      retry: true,
      cause,
    })
  }
}

/** The chain's node does not have yet, or not all of, what is known to be there. Nothing is certain by what it says: asking again is safe. */
export class ChainBehindError extends BaseError {
  override name = 'ChainBehindError'
  constructor(missing: string) {
    super(`The chain’s node is behind: it does not have ${missing} yet.`, {
      code: 'CHAIN_BEHIND',
      hint: 'Try again in a moment. If it stays so, use another RPC URL.',
      retry: true,
    })
  }
}

/**
 * A transaction was handed over, and what became of it is unknown: the chain stopped answering, or did not mine it in time. Sending
 * it again could do it twice, so this is not marked for retry.
 */
export class OutcomeUnknownError extends BaseError {
  override name = 'OutcomeUnknownError'
  readonly hash: Hex | undefined
  constructor(hash: Hex | undefined, cause: unknown) {
    super(`It is not known whether the transaction${hash ? ` ${hash}` : ''} went through.`, {
      code: 'OUTCOME_UNKNOWN',
      details: firstLine(cause),
      hint: 'Look at the account or the transaction on the chain before doing it again.',
      cause,
    })
    this.hash = hash
  }
}

/** The node answers, and refuses the request: no gas money, a bad nonce, a limit of its own. */
export class ChainRequestError extends BaseError {
  override name = 'ChainRequestError'
  constructor(cause: unknown) {
    const text = saidBy(cause)
    const poor = /insufficient funds|exceeds the balance|out of gas/i.test(text)
    super('The chain refused the request.', {
      code: poor ? 'NO_GAS_MONEY' : 'CHAIN_REQUEST_REFUSED',
      details: text,
      hint: poor ? 'Send the account some of the chain’s own coin to pay for gas.' : 'See what the node says above.',
      cause,
    })
  }
}

/** Gas costs more than the sender may pay. Nothing was sent. Fees in wei for a unit of gas. */
export class FeeTooHighError extends BaseError {
  override name = 'FeeTooHighError'
  readonly fee: bigint
  readonly most: bigint
  constructor(fee: bigint, most: bigint) {
    super(`The chain asks ${fee} wei for a unit of gas; at most ${most} may be paid.`, {
      code: 'FEE_TOO_HIGH',
      hint: 'Wait until fees fall, or allow a higher fee.',
      retry: true,
    })
    this.fee = fee
    this.most = most
  }
}

/** The RPC URL leads to another chain than the contracts are on. */
export class WrongChainError extends BaseError {
  override name = 'WrongChainError'
  constructor(actual: number, needed: number) {
    super(`The RPC URL leads to chain ${actual}; the contracts are on chain ${needed}.`, {
      code: 'WRONG_CHAIN',
      hint: `Give the URL of a node of chain ${needed}.`,
    })
  }
}

/** A contract is not where it should be. */
export class NotDeployedError extends BaseError {
  override name = 'NotDeployedError'
  constructor(contract: string, address: Address, chainId: number) {
    super(`There is no ${contract} at ${address} on chain ${chainId}.`, {
      code: 'NOT_DEPLOYED',
      hint: 'Check the addresses, or deploy the contracts first.',
    })
  }
}

/** The deployment has no judge. */
export class NoArbiterError extends BaseError {
  override name = 'NoArbiterError'
  constructor(chainId: number) {
    super(`The deployment on chain ${chainId} has no contract that judges answers.`, {
      code: 'NO_ARBITER',
      hint: 'Deploy this release: its deployment names an "arbiter".',
    })
  }
}

/** The deployment has no contract for small models. */
export class NoSmallModelsError extends BaseError {
  override name = 'NoSmallModelsError'
  constructor(chainId: number) {
    super(`The deployment on chain ${chainId} has no contract that computes small models.`, {
      code: 'NO_SMALL_MODELS',
      hint: 'Deploy this release: its deployment names a "smallModels".',
    })
  }
}

/** The deployment has no contract for direct payments. */
export class NoOfferPaymentsError extends BaseError {
  override name = 'NoOfferPaymentsError'
  constructor(chainId: number) {
    super(`The deployment on chain ${chainId} has no contract that takes direct payments.`, {
      code: 'NO_OFFER_PAYMENTS',
      hint: 'Deploy this release: its deployment names an "offerPayments".',
    })
  }
}

/** Something is to be signed and there is nobody to sign it. */
export class AccountNeededError extends BaseError {
  override name = 'AccountNeededError'
  constructor() {
    super('There is no account to sign with.', {
      code: 'ACCOUNT_NEEDED',
      hint: 'Give an account, or a client that has one.',
    })
  }
}

/** A contract answered with something that these contracts never answer. */
export class UnexpectedAnswerError extends BaseError {
  override name = 'UnexpectedAnswerError'
  constructor(what: string, cause?: unknown) {
    super(`Unexpected answer from a contract: ${what}.`, {
      code: 'UNEXPECTED_ANSWER',
      hint: 'Check that the addresses are those of this release’s contracts.',
      cause,
    })
  }
}

/** What the node said, where viem has only a heading for its kind of error. */
function saidBy(cause: unknown): string {
  const line = firstLine(cause)
  const details = cause instanceof Error && 'details' in cause ? cause.details : undefined
  return typeof details === 'string' && details !== '' && !line.includes(details) ? `${line} ${details}` : line
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.split('\n', 1)[0] ?? text
}
