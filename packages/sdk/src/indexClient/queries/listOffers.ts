import { type Address, type Hex, PROOF_KINDS, UNITS } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const termsShape = {
  provider: hex,
  payee: hex,
  modelId: big,
  modelVersion: count,
  unit: z.enum(UNITS),
  price: big,
  ownerSharePpm: count,
  proofKind: z.enum(PROOF_KINDS),
  arbiter: hex,
  profile: hex,
  escrow: hex,
  sink: hex,
  exposure: big,
  slashCap: big,
  terms: hex,
  salt: hex,
}

const indexedOfferSchema = z.pipe(
  z.object({
    ...termsShape,
    id: hex,
    state: z.enum(['open', 'closed', 'replaced']),
    replacedBy: z.nullable(hex),
    settler: z.nullable(hex),
    /** Wei and calls settled. */
    settled: big,
    /** Wei paid for its answers without a voucher. */
    direct: big,
    calls: count,
    /** Wei that the sink collected, and who of the two got how much of it. */
    collected: big,
    toOwner: big,
    toPayee: big,
    createdAt: count,
    closedAt: z.nullable(count),
    block: count,
    logIndex: count,
    tx: hex,
    /** Of the provider, as it stands. */
    endpoint: z.string(),
    stake: big,
  }),
  z.transform(({ id: offerId, ...row }) => {
    const { provider, payee, modelId, modelVersion, unit, price, ownerSharePpm, proofKind, ...most } = row
    const { arbiter, profile, escrow, sink, exposure, slashCap, terms, salt, ...rest } = most
    const sale = { provider, payee, modelId, modelVersion, unit, price, ownerSharePpm, proofKind }
    return { offerId, offer: { ...sale, arbiter, profile, escrow, sink, exposure, slashCap, terms, salt }, ...rest }
  }),
)

/** An offer with its terms apart, so that they can be checked against its id, and what came of it. */
export type IndexedOffer = z.output<typeof indexedOfferSchema>

export type ListOffersParameters = {
  offerId?: Hex
  modelId?: bigint
  provider?: Address
  /** Only those that are not closed. Whether the stake still covers them, `stake` and `offer.slashCap` say. */
  open?: boolean
  /** 1,000. */
  limit?: number
  /** The last row of the page before. */
  after?: Place | undefined
}

/** Offers in the order of their creation. */
export function listOffers(parameters: ListOffersParameters = {}): Question<IndexedOffer[]> {
  const { offerId, modelId, provider, open, after, limit = 1_000 } = parameters
  const { where, params } = filter({
    'o.id = ?': offerId,
    'o.model_id = ?': modelId,
    'o.provider = ?': provider?.toLowerCase(),
    'o.state = ?': open ? 'open' : undefined,
    '(o.block, o.log_index) > (?, ?)': after && [after.block, after.logIndex],
  })
  const sql = `select o.*, p.endpoint, p.stake from offers o join providers p on p.address = o.provider
    ${where} order by o.block, o.log_index ${page(params, limit)}`
  return question(indexedOfferSchema, sql, params)
}
