import { RefusedCallError } from '../errors.ts'

/** The call carries no payment. The answer to it says what the call costs. */
export class PaymentRequiredError extends RefusedCallError {
  override name = 'PaymentRequiredError'
  constructor() {
    super('PAYMENT_REQUIRED', 'This call has to be paid for.', {
      hint: 'Choose one of "accepts" (x402 v2; header PAYMENT-REQUIRED), and send the same call again with PAYMENT-SIGNATURE.',
    })
  }
}

/** The payment is not good, or no longer. Nothing was charged. */
export class PaymentRefusedError extends RefusedCallError {
  override name = 'PaymentRefusedError'
  constructor(why: string, options: { details?: string | undefined; cause?: unknown } = {}) {
    super('PAYMENT_REFUSED', `The payment is refused: ${why}.`, {
      hint: 'Nothing was charged. Pay anew by what "accepts" says now.',
      ...(options.details && { details: options.details }),
      ...(options.cause !== undefined && { cause: options.cause }),
    })
  }
}

/** The payment is for another request. */
export class PaymentReplayedError extends RefusedCallError {
  override name = 'PaymentReplayedError'
  constructor() {
    super('PAYMENT_REPLAYED', 'This payment was given with another request.', {
      hint: 'Pay anew for a new request. The same request brings the stored answer again.',
    })
  }
}

/** The payment is on its way to the chain. */
export class PaymentPendingError extends RefusedCallError {
  override name = 'PaymentPendingError'
  constructor() {
    super('PAYMENT_PENDING', 'The payment is not settled yet; the answer is kept.', {
      hint: 'Send the same call with the same payment again. Do not pay anew.',
    })
  }
}
