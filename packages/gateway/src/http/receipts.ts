import { type Hex, readOutside } from '@stoa/protocol'
import type { Handler } from 'hono'
import { z } from 'zod'
import { describeDispute } from '../disputes/describeDispute.ts'
import { BadRequestError, GatewayError } from '../errors.ts'
import type { KeptReceipt, ReceiptQuery } from '../store/receiptTable.ts'
import type { Env, HttpContext } from './context.ts'
import { describeReceipt } from './describeReceipt.ts'

const hex = (bytes: number) => z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`))])

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).optional(),
  after: hex(32).optional(),
  offer: hex(32).optional(),
  provider: hex(20).optional(),
  model: z.string().max(200).optional(),
})

/** `GET /v1/receipts`, newest first, in pages. */
export function listReceipts(context: HttpContext): Handler<Env> {
  return (c) => {
    const parsed = readOutside(query, c.req.query(), 'The query')
    if (!parsed.success)
      throw new BadRequestError(parsed.words, {
        ...(parsed.member && { param: parsed.member }),
        hint: 'specs/gateway-http.md says what receipts can be asked for by.',
      })
    const { offer, ...rest } = parsed.data
    const wanted = Object.fromEntries(
      Object.entries({ ...rest, offerId: offer }).filter(([, value]) => value !== undefined),
    )
    const page = context.receipts.list(wanted as ReceiptQuery)
    const next = page.hasMore ? (page.receipts.at(-1)?.digest ?? null) : null
    return c.json({
      object: 'list',
      data: page.receipts.map((kept) => withAfterwards(context, kept)),
      has_more: page.hasMore,
      next,
    })
  }
}

/** `GET /v1/receipts/<digest>`. */
export function retrieveReceipt(context: HttpContext): Handler<Env> {
  return (c) => {
    const digest = hex(32).safeParse(c.req.param('digest'))
    const found = digest.success ? context.receipts.get(digest.data as Hex) : undefined
    if (!found) throw new UnknownReceiptError(c.req.param('digest') ?? '')
    return c.json(withAfterwards(context, found))
  }
}

/** A receipt, and what became of its answer since. */
function withAfterwards({ reruns, disputes, amount }: HttpContext, kept: KeptReceipt) {
  const dispute = disputes.get(kept.digest)
  return {
    ...describeReceipt(kept),
    rerun: reruns.outcomeOf(kept.digest) ?? null,
    dispute: dispute ? describeDispute(dispute, amount) : null,
  }
}

class UnknownReceiptError extends GatewayError {
  override name = 'UnknownReceiptError'
  constructor(digest: string) {
    super(`No receipt ${digest.slice(0, 80)} is kept here.`, {
      code: 'RECEIPT_NOT_FOUND',
      status: 404,
      hint: 'GET /v1/receipts lists those that are.',
    })
  }
}
