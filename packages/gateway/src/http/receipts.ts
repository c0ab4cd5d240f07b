import { bytesToHex, encodeReceiptHeader, type Hex } from '@stoa/protocol'
import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, GatewayError } from '../errors.ts'
import type { KeptReceipt, ReceiptQuery } from '../store/receiptTable.ts'
import type { Env, HttpContext } from './context.ts'

const hex = (bytes: number) => z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`))])

const query = z.object({
  limit: z.coerce.number().int().min(1).max(100).optional(),
  after: hex(32).optional(),
  offer: hex(32).optional(),
  provider: hex(20).optional(),
  model: z.string().max(200).optional(),
})

/** `GET /v1/receipts`, newest first, in pages. */
export function listReceipts({ receipts }: HttpContext): Handler<Env> {
  return (c) => {
    const parsed = query.safeParse(c.req.query())
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new BadRequestError(`${issue?.path.join('.')}: ${issue?.message}`, { param: String(issue?.path[0] ?? '') })
    }
    const { offer, ...rest } = parsed.data
    const wanted = Object.fromEntries(
      Object.entries({ ...rest, offerId: offer }).filter(([, value]) => value !== undefined),
    )
    const page = receipts.list(wanted as ReceiptQuery)
    const data = page.receipts.map(describeReceipt)
    return c.json({
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: page.hasMore,
    })
  }
}

/** `GET /v1/receipts/<digest>`. */
export function retrieveReceipt({ receipts }: HttpContext): Handler<Env> {
  return (c) => {
    const digest = hex(32).safeParse(c.req.param('digest'))
    const found = digest.success ? receipts.get(digest.data as Hex) : undefined
    if (!found) throw new UnknownReceiptError(c.req.param('digest') ?? '')
    return c.json(describeReceipt(found))
  }
}

function describeReceipt({ digest, provider, model, proofKind, receipt, voucher }: KeptReceipt) {
  return {
    id: digest,
    object: 'stoa.receipt',
    model,
    provider,
    proof_kind: proofKind,
    offer: receipt.offerId,
    payer: receipt.payer,
    lane: String(receipt.lane),
    voucher_cumulative_wei: String(receipt.voucherCumulative),
    weights_digest: receipt.weightsDigest,
    request_digest: receipt.requestDigest,
    response_digest: receipt.responseDigest,
    units: String(receipt.units),
    charge_wei: String(receipt.charge),
    charged_cumulative_wei: String(receipt.chargedCumulative),
    requested_at: receipt.requestedAt,
    answered_at: receipt.answeredAt,
    signature: bytesToHex(receipt.signature),
    receipt_header: encodeReceiptHeader(receipt),
    voucher_header: voucher,
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
