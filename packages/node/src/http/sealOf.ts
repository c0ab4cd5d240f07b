import { encodeReceiptHeader, VOUCHER_HEADER } from '@stoa/protocol'
import { openSeal, SEALED_HEADER, SEALED_MEDIA_TYPE, SealBrokenError } from '@stoa/protocol/sealed'
import type { Context } from 'hono'
import { RefusedCallError } from '../errors.ts'
import type { PaidAnswer } from '../payments/payments.ts'

/** How a call that came sealed is read and answered (specs/sealed.md). */
export type Seal = {
  /** Throws SEAL_BROKEN. */
  open(body: Uint8Array): Promise<Uint8Array>
  answer(paid: PaidAnswer): Promise<Response>
}

class BrokenSealError extends RefusedCallError {
  override name = 'BrokenSealError'
  constructor(cause: unknown) {
    super('SEAL_BROKEN', 'What is sealed here does not open with this node’s key.', {
      hint: 'Seal it to the endpoint key that the ledger has for the provider now (specs/sealed.md).',
      cause,
    })
  }
}

/** The seal of a call; undefined for one that came in the clear. Throws SEAL_BROKEN. */
export async function sealOf(c: Context, key: Uint8Array | undefined): Promise<Seal | undefined> {
  const header = c.req.header(SEALED_HEADER)
  if (header === undefined) return undefined
  if (!key) throw new BrokenSealError(new Error('this node has no endpoint key'))
  const context = { method: c.req.method, path: c.req.path, voucher: c.req.header(VOUCHER_HEADER) ?? '' }
  const seal = await openSeal(key, header, context).catch(refuse)
  return {
    open: (body) => seal.openRequest(body).catch(refuse),
    async answer({ receipt, response }) {
      const body = await seal.sealAnswer({ receiptHeader: encodeReceiptHeader(receipt), body: response })
      return new Response(body, { headers: { 'content-type': SEALED_MEDIA_TYPE, [SEALED_HEADER]: '1' } })
    },
  }
}

function refuse(error: unknown): never {
  throw error instanceof SealBrokenError ? new BrokenSealError(error) : error
}
