import {
  decodeTensors,
  encodeReceiptHeader,
  encodeTensors,
  type InferRequest,
  inferRequest,
  outputsOf,
  RECEIPT_HEADER,
  readOutsideJson,
  type SignedReceipt,
  type Tensor,
  tensorFromJson,
  tensorsDigest,
  unitsOfRequest,
  WIRE_CODES,
} from '@stoa/protocol'
import { encodePaymentResponseHeader } from '@x402/core/http'
import { type Context, Hono } from 'hono'
import type { DirectPayments, DirectRequest } from '../../direct/directPayments.ts'
import { PaymentRequiredError } from '../../direct/errors.ts'
import { RefusedCallError } from '../../errors.ts'
import type { NodeLogger } from '../../events.ts'
import { BadRequestError } from '../../models/errors.ts'
import type { ModelTensors } from '../../models/tensorsOfModel.ts'
import type { Payments, Sale, ServedOffer } from '../../payments/payments.ts'
import { errorResponse, wireCodeOf } from '../errorResponse.ts'
import { type BodyMemory, readBody } from '../readBody.ts'
import { payFor } from './payFor.ts'
import { PAYMENT_HEADER, readPayment } from './readPayment.ts'
import { type Choice, choicesOf, type PayTerms, paymentRequired } from './terms.ts'

/** A model by its name, under each of the node's offers of it. */
export type OipModel = { offers: readonly ServedOffer[]; tensors: ModelTensors }

export type CreateOipParameters = {
  version: string
  models: ReadonlyMap<string, OipModel>
  payments: Payments
  /** Undefined where the deployment takes no direct payments. */
  direct: DirectPayments | undefined
  terms: PayTerms
  answer: (sale: Sale, request: readonly Tensor[]) => Promise<Tensor[]>
  onCharged: (receipt: SignedReceipt) => void
  problems: () => readonly string[]
  budget: { reserve(): BodyMemory }
  maxBodyBytes: number
  logger: NodeLogger
}

/** The Open Inference Protocol v2 (REST, JSON tensors), paid by x402 (specs/x402.md, specs/node-http.md). */
export function createOip(parameters: CreateOipParameters): Hono {
  const { version, problems } = parameters
  const app = new Hono()
  app.get('/', (c) => c.json({ name: 'stoa', version, extensions: [] }))
  app.get('/health/live', (c) => c.json({ live: true }))
  app.get('/health/ready', (c) => {
    const ready = problems().length === 0
    return c.json({ ready }, ready ? 200 : 503)
  })
  const infer = createInfer(parameters)
  app.post('/models/:path{.+}', (c) => {
    const at = placeOf(c)
    if (at.verb !== 'infer') throw new UnknownModelError(c.req.param('path') ?? '')
    return infer(c, modelAt(at, parameters))
  })
  app.get('/models/:path{.+}', (c) => {
    const at = placeOf(c)
    const model = modelAt(at, parameters)
    if (at.verb === 'ready') return c.json({ name: model.name, ready: true })
    if (at.verb) throw new UnknownModelError(c.req.param('path') ?? '')
    return c.json(metadataOf(model))
  })
  return app
}

/** Where a path leads. */
type Place = { name: string; version: string | undefined; verb: string | undefined }

/** Names of models hold slashes, so that the path is read from its end. */
const PLACE = /^(?<name>.+?)(?:\/versions\/(?<version>[^/]+))?(?:\/(?<verb>infer|ready))?$/

function placeOf(c: Context): Place {
  const { name = '', version, verb } = PLACE.exec(c.req.param('path') ?? '')?.groups ?? {}
  return { name, version, verb }
}

class UnknownModelError extends RefusedCallError {
  override name = 'UnknownModelError'
  constructor(model: string, version?: string) {
    super('NOT_FOUND', `There is no model "${model}"${version ? ` of version ${version}` : ''} here.`, {
      hint: 'GET /v1/node lists the models that are.',
    })
  }
}

type NamedModel = OipModel & { name: string }

/** The model that the path names, with its offers of the version that the path names. */
function modelAt({ name, version }: Place, { models }: Pick<CreateOipParameters, 'models'>): NamedModel {
  const model = models.get(name)
  const offers = model?.offers.filter(({ offer }) => version === undefined || String(offer.modelVersion) === version)
  if (!model || !offers?.length) throw new UnknownModelError(name, version)
  return { ...model, name, offers }
}

function metadataOf({ name, offers, tensors }: NamedModel) {
  const versions = [...new Set(offers.map(({ offer }) => String(offer.modelVersion)))]
  return { name, versions, platform: 'stoa', ...tensors }
}

function createInfer(parameters: CreateOipParameters) {
  const { payments, direct, terms, answer, onCharged, budget, maxBodyBytes, logger } = parameters
  return async (c: Context, model: NamedModel): Promise<Response> => {
    const startedAt = performance.now()
    // Who pays is not known before the body is.
    const memory = budget.reserve()
    let choices: Choice[] = []
    try {
      const body = readJson(await readBody(c.req.raw, maxBodyBytes, memory))
      const request = readRequest(body, model)
      const open = await openOffers(payments, model.offers)
      choices = choicesOf(
        terms,
        open.map((served) => ({ served, bounds: unitsOfRequest(served.offer.unit, request.tensors) })),
      )
      const header = c.req.header(PAYMENT_HEADER)
      if (header === undefined) throw new PaymentRequiredError()
      const payment = readPayment(header, `eip155:${terms.token.chainId}`)
      const paid = await payFor({ payments, direct, answer, request, choices, payment })
      const { offerId, payer, lane, charge: chargeWei } = paid.receipt
      if (!paid.replayed && payment.scheme === 'stoa-voucher') onCharged(paid.receipt)
      const ms = performance.now() - startedAt
      logger({ event: 'answered', offerId, payer, lane, chargeWei, replayed: paid.replayed, ms })
      return c.json(
        {
          ...{ model_name: model.name, model_version: versionOf(model, offerId), id: body.id },
          outputs: outputsOf(body, decodeTensors(paid.response)),
          parameters: { cost_wei: chargeWei.toString() },
        },
        200,
        { [RECEIPT_HEADER]: encodeReceiptHeader(paid.receipt), 'PAYMENT-RESPONSE': paid.settled },
      )
    } catch (error) {
      if (WIRE_CODES[wireCodeOf(error)].status !== 402) throw error
      return refuse(c, error, choices, logger, terms)
    } finally {
      memory.free()
    }
  }
}

/** Says what the call costs now, and why what was offered does not pay for it. */
function refuse(c: Context, error: unknown, choices: readonly Choice[], logger: NodeLogger, terms: PayTerms): Response {
  const { body } = errorResponse(error)
  const { code, message } = body.error
  if (code !== 'PAYMENT_REQUIRED') logger({ event: 'refused', code, message })
  const { accepts, headers } = paymentRequired(c.req.url, choices, message)
  const failed = {
    ...{ success: false, errorReason: code.toLowerCase(), errorMessage: message },
    ...{ transaction: '', network: `eip155:${terms.token.chainId}` as const },
  }
  const tried = c.req.header(PAYMENT_HEADER) !== undefined
  const told = tried ? { ...headers, 'PAYMENT-RESPONSE': encodePaymentResponseHeader(failed) } : headers
  return c.json({ ...body, accepts }, 402, told)
}

async function openOffers(payments: Payments, offers: readonly ServedOffer[]): Promise<ServedOffer[]> {
  const open = await Promise.all(offers.map(({ offerId }) => payments.isOpen(offerId)))
  return offers.filter((_, i) => open[i])
}

function readJson(bytes: Uint8Array): InferRequest {
  const result = readOutsideJson(inferRequest, bytes, 'The body')
  if (result.success) return result.data
  throw new BadRequestError(result.words, {
    hint: 'Send {"inputs": [{"name", "shape", "datatype", "data"}]}; GET the model\'s own path for what it takes.',
  })
}

/** The request as canonical tensors, in the order that the model has its inputs in, which clients of this protocol need not know. */
function readRequest({ inputs }: InferRequest, { tensors }: OipModel): DirectRequest {
  const place = new Map(tensors.inputs.map(({ name }, i) => [name, i]))
  const placeOf = ({ name }: Tensor) => place.get(name) ?? place.size
  const read = inputs.map(tensorFromJson).toSorted((a, b) => placeOf(a) - placeOf(b))
  return { tensors: read, body: encodeTensors(read), digest: tensorsDigest(read) }
}

function versionOf({ offers }: OipModel, offerId: string): string {
  return String(offers.find((each) => each.offerId === offerId)?.offer.modelVersion)
}
