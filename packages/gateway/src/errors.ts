import { type Address, BaseError, type BaseErrorOptions, type Hex } from '@stoa/protocol'
import type { BudgetName } from './keys/budgetName.ts'

type GatewayErrorOptions = Omit<BaseErrorOptions, 'code'> & {
  code: string
  /** HTTP status under which a caller of the endpoint sees it (specs/gateway-http.md). */
  status: number
  /** Member of the request that is to blame, in OpenAI's notation. */
  param?: string | undefined
}

/** Root of what the gateway throws. Nothing was handed to the caller, and `message` says what to do. */
export class GatewayError extends BaseError {
  override name = 'GatewayError'
  readonly status: number
  readonly param: string | undefined
  constructor(shortMessage: string, { status, param, ...options }: GatewayErrorOptions) {
    super(shortMessage, options)
    this.status = status
    this.param = param
  }
}

/** The request is not one that can be answered: nothing was bought. */
export class BadRequestError extends GatewayError {
  override name = 'BadRequestError'
  constructor(shortMessage: string, options: { param?: string; hint?: string; details?: string; code?: string } = {}) {
    super(shortMessage, { code: 'INVALID_REQUEST', ...options, status: 400 })
  }
}

/** The image cannot be read, or is none that the gateway reads. */
export class InvalidImageError extends GatewayError {
  override name = 'InvalidImageError'
  readonly why: string
  constructor(why: string, hint: string, cause?: unknown) {
    super(`The image can't be used: ${why}.`, { code: 'INVALID_IMAGE', status: 400, param: 'messages', hint, cause })
    this.why = why
  }
}

export class BodyTooLargeError extends GatewayError {
  override name = 'BodyTooLargeError'
  constructor(maxBytes: number) {
    super(`The body is larger than ${maxBytes} bytes.`, {
      code: 'BODY_TOO_LARGE',
      status: 413,
      hint: 'Send fewer texts, or a smaller image: JPEG or WebP instead of PNG, or fewer pixels.',
    })
  }
}

/** An answer could not be computed again in the time that is given to one. Its process was ended. */
export class RerunTooLongError extends GatewayError {
  override name = 'RerunTooLongError'
  constructor(model: string, milliseconds: number) {
    super(`${model} takes longer than ${milliseconds / 1000} s here.`, {
      code: 'RERUN_TOO_LONG',
      status: 500,
      hint: 'Its answers are not checked on this machine: use a faster one, or a smaller model.',
    })
  }
}

/** What is needed to make a model's ids of texts is not there. */
export class TokenizerUnavailableError extends GatewayError {
  override name = 'TokenizerUnavailableError'
  constructor(model: string, why: string, options: { details?: string; retry?: boolean; cause?: unknown } = {}) {
    super(`Texts of "${model}" can't be read: ${why}.`, {
      ...{ code: 'TOKENIZER_UNAVAILABLE', status: 503, param: 'model', retry: true },
      hint: 'Whoever offers a model gives the files with which its texts are read. Try again later, or choose another model: GET /v1/models lists them.',
      ...options,
    })
  }
}

/** Prompt and answer would be longer than the model's context. Nothing was bought. */
export class PromptTooLongError extends GatewayError {
  override name = 'PromptTooLongError'
  /** Tokens that are too many. */
  readonly excess: number
  constructor(counts: { promptTokens: number; maxTokens: number; context: number; param: string }) {
    const { promptTokens, maxTokens, context, param } = counts
    const excess = promptTokens + maxTokens - context
    super(
      `The prompt has ${promptTokens} tokens and ${maxTokens} more are asked for: ${excess} too many for the model's context of ${context}.`,
      {
        ...{ code: 'CONTEXT_LENGTH_EXCEEDED', status: 400, param },
        hint: 'Shorten the prompt, or ask for fewer tokens: max_tokens.',
      },
    )
    this.excess = excess
  }
}

/** No open offer for the model. */
export class UnknownModelError extends GatewayError {
  override name = 'UnknownModelError'
  constructor(model: string, known: readonly string[]) {
    const some = known.slice(0, 10).join(', ')
    const more = known.length > 10 ? ` and ${known.length - 10} more` : ''
    const list = known.length > 0 ? `On offer now: ${some}${more}.` : 'Nothing is on offer now.'
    super(`No provider offers the model "${model.slice(0, 120)}".`, {
      code: 'MODEL_NOT_FOUND',
      status: 404,
      param: 'model',
      details: list,
      hint: 'GET /v1/models lists what can be bought.',
    })
  }
}

/** The model exists and does something else. */
export class WrongTaskError extends GatewayError {
  override name = 'WrongTaskError'
  constructor(model: string, task: string, hint: string) {
    super(`The model "${model}" does ${task}.`, { code: 'WRONG_TASK', status: 400, param: 'model', hint })
  }
}

/** The deposit does not cover the call. Amounts in wei. */
export class InsufficientDepositError extends GatewayError {
  override name = 'InsufficientDepositError'
  readonly available: bigint
  readonly needed: bigint
  constructor({
    available,
    needed,
    payer,
    escrow,
  }: { available: bigint; needed: bigint; payer: Address; escrow: Address }) {
    super('The deposit does not cover this call.', {
      code: 'INSUFFICIENT_DEPOSIT',
      status: 402,
      details: `Available: ${available} wei. Needed: ${needed} wei.`,
      hint: `Deposit for ${payer}: \`stoa deposit\`, or \`deposit\` on the escrow ${escrow}.`,
    })
    this.available = available
    this.needed = needed
  }
}

/** The key that signs vouchers is none of the payer's session keys. */
export class KeyNotRegisteredError extends GatewayError {
  override name = 'KeyNotRegisteredError'
  constructor({ key, payer, escrow }: { key: Address; payer: Address; escrow: Address }) {
    super(`${key} is not a session key of ${payer}.`, {
      code: 'KEY_NOT_REGISTERED',
      status: 402,
      hint: `Register it from the payer's account: \`addKey\` on the escrow ${escrow}, or deposit with it. A removed key can't return.`,
    })
  }
}

/** The cheapest offer costs more than the gateway may pay for one call. Amounts in wei. */
export class PriceTooHighError extends GatewayError {
  override name = 'PriceTooHighError'
  readonly price: bigint
  readonly maxPrice: bigint
  constructor(price: bigint, maxPrice: bigint) {
    super(`The cheapest offer charges ${price} wei for this call, and at most ${maxPrice} may be paid.`, {
      code: 'PRICE_TOO_HIGH',
      status: 402,
      hint: 'Raise the ceiling, of the call ("stoa.max_cost_wei") or of the gateway (maxPricePerCall), or ask for less: fewer pixels or a shorter text cost less where the price is per unit.',
    })
    this.price = price
    this.maxPrice = maxPrice
  }
}

/** Rules left out every offer. Nothing was bought. */
export class NoOfferLeftError extends GatewayError {
  override name = 'NoOfferLeftError'
  /** Rule → providers that it left out. */
  readonly excluded: ReadonlyMap<string, readonly Address[]>
  constructor(model: string, excluded: ReadonlyMap<string, readonly Address[]>) {
    const counts = [...excluded].map(([rule, { length }], i) => `${length}${i === 0 ? ' excluded' : ''} by ${rule}`)
    super(`No offer for "${model.slice(0, 120)}" is left${counts.length > 0 ? `: ${counts.join(', ')}` : ''}.`, {
      ...{ code: 'NO_OFFER_LEFT', status: 404, param: 'provider' },
      details: [...excluded].map(([rule, providers]) => `${rule}: ${providers.slice(0, 10).join(', ')}`).join('\n'),
      hint: 'Loosen a rule of the member "provider", of the key, or of the gateway; GET /v1/models lists the offers.',
    })
    this.excluded = excluded
  }
}

/** A key's budget does not allow the call. Nothing was bought. Amounts in wei. */
export class BudgetExceededError extends GatewayError {
  override name = 'BudgetExceededError'
  readonly budget: BudgetName
  readonly left: bigint
  readonly needed: bigint
  constructor({ budget, left, needed }: { budget: BudgetName; left: bigint; needed: bigint }) {
    const when = { per_call: 'for a call', per_day: 'more today', total: 'more' }[budget]
    super(`The key may spend ${left} wei ${when}, and this call needs ${needed}.`, {
      ...{ code: 'BUDGET_EXCEEDED', status: 402 },
      hint:
        budget === 'per_day'
          ? 'Days are UTC days. Wait for the next, or have the owner raise "per_day" of the key.'
          : `Have the owner raise "${budget}" of the key, or ask for less.`,
    })
    this.budget = budget
    this.left = left
    this.needed = needed
  }
}

/** There is no key of this id. */
export class UnknownKeyError extends GatewayError {
  override name = 'UnknownKeyError'
  constructor(id: string) {
    super(`There is no key ${id.slice(0, 80)}.`, {
      ...{ code: 'KEY_NOT_FOUND', status: 404 },
      hint: 'GET /v1/keys, or "stoa key list", lists the keys.',
    })
  }
}

/** What was tried for one call, for the error that ends it. */
export type FailedAttempt = { provider: Address; offerId: Hex; code: string; message: string }

/** Every provider that was asked refused or could not be reached. Nothing was charged. */
export class NoProviderError extends GatewayError {
  override name = 'NoProviderError'
  readonly attempts: readonly FailedAttempt[]
  constructor(model: string, attempts: readonly FailedAttempt[], cause?: unknown) {
    super(`No provider of "${model}" can answer now.`, {
      code: 'NO_PROVIDER',
      status: 503,
      retry: true,
      details: describe(attempts),
      hint: 'Nothing was charged. Try again in a moment.',
      cause,
    })
    this.attempts = attempts
  }
}

/** Providers want earlier calls settled, or a lock, before they serve this payer more. Nothing was charged. */
export class OverExposureError extends GatewayError {
  override name = 'OverExposureError'
  readonly attempts: readonly FailedAttempt[]
  constructor(attempts: readonly FailedAttempt[]) {
    super('Every provider has served as much unsettled as its offer allows.', {
      code: 'OVER_EXPOSURE',
      status: 429,
      retry: true,
      details: describe(attempts),
      hint: 'Nothing was charged. Wait for a settlement and try again, or lock part of the deposit for the offer.',
    })
    this.attempts = attempts
  }
}

/**
 * A provider took the voucher and gave no answer that passes the checks; another one was tried, or none was left. At most each such
 * attempt's ceiling can be lost, and no more than two attempts are made.
 */
export class NoValidAnswerError extends GatewayError {
  override name = 'NoValidAnswerError'
  readonly attempts: readonly FailedAttempt[]
  constructor(model: string, attempts: readonly FailedAttempt[], cause?: unknown) {
    super(`No valid answer came from the providers of "${model}".`, {
      code: 'NO_VALID_ANSWER',
      status: 502,
      details: describe(attempts),
      hint: 'What was signed may be charged once; answers are asked for again in the background. The status page tells.',
      cause,
    })
    this.attempts = attempts
  }
}

/** The request itself was refused by the provider as one that its model can't take. Nothing was charged. */
export class RequestRefusedError extends GatewayError {
  override name = 'RequestRefusedError'
  constructor(message: string, code: string, status: number) {
    super(message, { code, status, hint: 'Nothing was charged. Change the request.' })
  }
}

/** The answer broke off after its first words, which the caller has: no other seller can go on from them. */
export class StreamBrokenError extends GatewayError {
  override name = 'StreamBrokenError'
  /** Wei of the receipt over what was made; undefined where there is none. */
  readonly chargedWei: bigint | undefined
  constructor(model: string, why: string, chargedWei?: bigint) {
    super(`The answer of "${model}" broke off: ${why}.`, {
      ...{ code: 'STREAM_BROKEN', status: 502 },
      hint:
        chargedWei === undefined
          ? 'Without an end there is no receipt, and an honest seller charges nothing. Ask again.'
          : `What came is paid for, by a receipt over ${chargedWei} wei. Ask again.`,
    })
    this.chargedWei = chargedWei
  }
}

/** The request needs what the model does not have. Nothing was bought. */
export class UnsupportedError extends GatewayError {
  override name = 'UnsupportedError'
  constructor(model: string, what: string, param: string) {
    super(`The model "${model}" does not take ${what}.`, {
      ...{ code: 'UNSUPPORTED', status: 400, param },
      hint: 'Leave it out, or choose a model that has the feature: GET /v1/models lists them in "stoa.features".',
    })
  }
}

export class TooManyCallsError extends GatewayError {
  override name = 'TooManyCallsError'
  constructor(limit: number) {
    super(`${limit} calls are in flight.`, {
      code: 'OVERLOADED',
      status: 429,
      retry: true,
      hint: 'Wait for some to finish and try again.',
    })
  }
}

export class TooManyBytesError extends GatewayError {
  override name = 'TooManyBytesError'
  constructor(limit: number) {
    super(`The bodies of the calls in flight would take more than ${limit} bytes.`, {
      code: 'OVERLOADED',
      status: 429,
      retry: true,
      hint: 'Wait for some to finish and try again.',
    })
  }
}

export class GatewayClosedError extends GatewayError {
  override name = 'GatewayClosedError'
  constructor() {
    super('The gateway is closing.', { code: 'GATEWAY_CLOSED', status: 503, retry: true, hint: 'Start it again.' })
  }
}

/** The chain has not been read yet, so nothing is known to be on offer. */
export class MarketUnknownError extends GatewayError {
  override name = 'MarketUnknownError'
  constructor(cause?: unknown) {
    super('The chain could not be read, so no offers are known.', {
      code: 'CHAIN_UNAVAILABLE',
      status: 503,
      retry: true,
      hint: 'Check the RPC address and that the node behind it runs.',
      cause,
    })
  }
}

/** Another process has the folder, or it belongs to another payer or chain. */
export class StateFolderError extends GatewayError {
  override name = 'StateFolderError'
  constructor(shortMessage: string, hint: string, cause?: unknown) {
    super(shortMessage, { code: 'STATE_FOLDER', status: 500, hint, cause })
  }
}

function describe(attempts: readonly FailedAttempt[]): string {
  return attempts.map(({ provider, code, message }) => `${provider}: ${code}: ${message.split('\n', 1)[0]}`).join('\n')
}
