import type { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Address,
  decodeVoucherHeader,
  encodeLoad,
  encodeReceiptHeader,
  type Hex,
  LOAD_HEADER,
  type Load,
  RECEIPT_HEADER,
  type SignedReceipt,
  STREAM_MEDIA_TYPE,
  TENSORS_MEDIA_TYPE,
  VOUCHER_HEADER,
} from '@stoa/protocol'
import { SEALED_MEDIA_TYPE } from '@stoa/protocol/sealed'
import { type BlobReader, blockResponse } from '@stoa/storage'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { RefusedCallError } from '../errors.ts'
import type { NodeLogger } from '../events.ts'
import { BadRequestError } from '../models/errors.ts'
import { type AcceptPaymentParameters, acceptPayment } from '../payments/acceptPayment.ts'
import { VoucherMissingError } from '../payments/errors.ts'
import { fetchAnswer } from '../payments/fetchAnswer.ts'
import type { PaidAnswer, Payments } from '../payments/payments.ts'
import { createLanesApp, type LanesAppParameters } from '../recovery/createLanesApp.ts'
import type { NodeDescription } from './describeNode.ts'
import { errorResponse, wireCodeOf } from './errorResponse.ts'
import { type CreateOipParameters, createOip } from './oip/createOip.ts'
import { PAYMENT_HEADER } from './oip/readPayment.ts'
import { createBodyBudget, readBody } from './readBody.ts'
import { requestIds } from './requestIds.ts'
import { type Seal, sealOf } from './sealOf.ts'
import { type Answer, streamAnswer } from './streamAnswer.ts'

export type CreateAppParameters = {
  payments: Payments
  /** Computes an answer; rejects with a refusal or a bug. */
  answer: Answer
  /** After every charge. */
  onCharged: (receipt: SignedReceipt) => void
  /** What is announced of an offer's model with every answer. */
  load: (offerId: Hex) => Load | undefined
  blobs: BlobReader
  description: NodeDescription
  /** What is wrong with the node; empty when nothing is. */
  problems: () => readonly string[]
  maxBodyBytes: number
  maxBodyBytesAtOnce: number
  /** What the Open Inference Protocol and x402 need besides. */
  oip: Pick<CreateOipParameters, 'models' | 'direct' | 'terms'>
  /** X25519 private key to which calls may be sealed (specs/sealed.md); none opens without it. */
  endpointKey?: Uint8Array
  /** `/v1/lanes`: what was lost on either side. */
  lanes?: Pick<LanesAppParameters, 'provider' | 'readPayer'>
  /** Where the id of the request under way is kept. */
  requests?: AsyncLocalStorage<string>
  logger: NodeLogger
}

/**
 * Pages of any origin may call a node, as programs may: it sells to whoever pays, and knows no cookies. They may read what a stock x402 client needs. x402's own client sends `Access-Control-Expose-Headers` with its
 * request, so that is allowed too.
 */
const PREFLIGHT = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST'],
  allowHeaders: ['content-type', 'accept', PAYMENT_HEADER, VOUCHER_HEADER, 'access-control-expose-headers'],
  maxAge: 86_400,
})
const EXPOSED = ['payment-required', 'payment-response', RECEIPT_HEADER].join(',')

/** Headers are put on the answer that is there: what `cors` puts before it would have it made twice. */
const WEB_PAGES: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') return PREFLIGHT(c, next)
  await next()
  c.res.headers.set('access-control-allow-origin', '*')
  c.res.headers.set('access-control-expose-headers', EXPOSED)
}

/** The node's HTTP surface (specs/node-http.md): parses at the edge, and turns what goes wrong into the one shape of errors. */
export function createApp(parameters: CreateAppParameters): Hono {
  const { payments, blobs, description, problems, logger, oip } = parameters
  const budget = createBodyBudget(parameters.maxBodyBytesAtOnce)
  const app = new Hono()
  if (parameters.requests) app.use(requestIds(parameters.requests))
  const refuse = (c: Context, error: unknown) => {
    logFailure(logger, error)
    const more = error instanceof VoucherMissingError ? { offers: description.offers } : {}
    const { status, body, headers } = errorResponse(error, more)
    return c.json(body, status as ContentfulStatusCode, headers)
  }

  app.use(WEB_PAGES)
  app.get('/health', (c) => {
    const wrong = problems()
    return wrong.length === 0 ? c.json({ status: 'ok' }) : c.json({ status: 'unavailable', problems: wrong }, 503)
  })
  app.get('/v1/node', (c) => c.json(description))
  app.get('/v1/blocks/:cid', async (c) => {
    const response = await blockResponse(blobs, c.req.param('cid'))
    // The store names what is wrong with a CID by a code of its own; the wire has one for all such things.
    if (response.status === 400)
      throw new BadRequestError('That is no CID of a block.', { hint: 'See specs/blobs.md.' })
    return response
  })
  app.get('/v1/answers/:digest', async (c) => {
    const seal = await sealOf(c, parameters.endpointKey)
    return send(fetchAnswer(payments, c.req.param('digest'), c.req.header(VOUCHER_HEADER)), seal)
  })
  app.use('/v1/infer', announceLoad(parameters.load))
  app.post('/v1/infer', createInfer(parameters, budget))
  if (parameters.lanes) app.route('/v1/lanes', createLanesApp({ payments, budget, ...parameters.lanes }))
  app.route('/v2', createOip({ ...parameters, ...oip, version: description.version, budget }))
  app.notFound((c) => refuse(c, new NotFoundError(c.req.method, c.req.path)))
  app.onError((error, c) => refuse(c, error))
  return app
}

function logFailure(logger: NodeLogger, error: unknown): void {
  const code = wireCodeOf(error)
  const told = error instanceof RefusedCallError && code !== 'MODEL_FAILED'
  if (code === 'INTERNAL' || !told) logger({ event: 'failed', code, error })
  else logger({ event: 'refused', code, message: error.shortMessage })
}

class NotFoundError extends RefusedCallError {
  override name = 'NotFoundError'
  constructor(method: string, path: string) {
    super('NOT_FOUND', `There is no ${method} ${path}.`, { hint: 'See specs/node-http.md for what a node answers.' })
  }
}

/** Refusals carry it too: who is told that a node is full should know how full. */
function announceLoad(load: CreateAppParameters['load']): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const offerId = offerOf(c.req.header(VOUCHER_HEADER))
    const announced = offerId && load(offerId)
    if (announced) c.res.headers.set(LOAD_HEADER, encodeLoad(announced))
  }
}

/** Of a header that is no voucher nothing is known; what is wrong with it was said. */
function offerOf(voucher: string | undefined): Hex | undefined {
  try {
    return voucher === undefined ? undefined : decodeVoucherHeader(voucher).offerId
  } catch {
    return undefined
  }
}

function createInfer(
  { payments, answer, onCharged, maxBodyBytes, endpointKey, logger }: CreateAppParameters,
  budget: ReturnType<typeof createBodyBudget>,
) {
  return async (c: Context): Promise<Response> => {
    const startedAt = performance.now()
    const type = c.req.header('content-type')
    const seal = await sealOf(c, endpointKey)
    if (type !== undefined && type !== (seal ? SEALED_MEDIA_TYPE : TENSORS_MEDIA_TYPE))
      throw new BadRequestError(`The body is ${type}; ${TENSORS_MEDIA_TYPE} is needed.`)
    const memory = budget.reserve()
    const voucher = c.req.header(VOUCHER_HEADER)
    const body = async (payer: Address) => {
      const bytes = await readBody(c.req.raw, maxBodyBytes, memory.of(payer))
      return seal ? seal.open(bytes) : bytes
    }
    const buy = async (answerCall: AcceptPaymentParameters['answer']): Promise<PaidAnswer> => {
      const paid = await acceptPayment(payments, { voucher, body, answer: answerCall })
      const { offerId, payer, lane, charge: chargeWei } = paid.receipt
      if (!paid.replayed) onCharged(paid.receipt)
      const ms = performance.now() - startedAt
      logger({ event: 'answered', offerId, payer, lane, chargeWei, replayed: paid.replayed, ms })
      return paid
    }
    // Sealed answers come in one piece.
    if (!seal && c.req.header('accept') === STREAM_MEDIA_TYPE)
      return streamAnswer({
        connection: c.req.raw.signal,
        buy,
        answer,
        done: memory.free,
        failed: (error) => logFailure(logger, error),
      })
    try {
      return await send(await buy(answer), seal)
    } finally {
      memory.free()
    }
  }
}

async function send(paid: PaidAnswer, seal: Seal | undefined): Promise<Response> {
  if (seal) return seal.answer(paid)
  const { receipt, response } = paid
  return new Response(new Uint8Array(response), {
    headers: { 'content-type': TENSORS_MEDIA_TYPE, [RECEIPT_HEADER]: encodeReceiptHeader(receipt) },
  })
}
