import type { Handler } from 'hono'
import { coverageOf } from '../infer/candidatesOf.ts'
import type { ProviderState } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { TrackRecord } from '../market/trackRecords.ts'
import type { Decayed } from '../routing/decayed.ts'
import type { Live } from '../routing/liveStats.ts'
import type { Env, HttpContext } from './context.ts'
import { describeProof } from './describeSale.ts'

/** `GET /v1/models`: what is on offer, in OpenAI's shape, with terms in `stoa`. */
export function listModels(context: HttpContext): Handler<Env> {
  return (c) => {
    const seen = new Set<string>()
    const data = context.market.models().map((model) => {
      // Of two models with one name the lower id has it; the other is told by its id.
      const id = seen.has(model.name) ? `${model.name}@${model.modelId}` : model.name
      seen.add(model.name)
      return describeModel(context, model, id)
    })
    return c.json({ object: 'list', data })
  }
}

/** `GET /v1/models/<model>`. */
export function retrieveModel(context: HttpContext): Handler<Env> {
  return async (c) => {
    const id = c.req.param('model') ?? ''
    return c.json(describeModel(context, await context.market.find(id), id))
  }
}

function describeModel({ health, records, live, risks }: HttpContext, model: ListedModel, id: string) {
  const { card, modelId, version, owner, weightsDigest, publishedAt, listings } = model
  const offers = listings
    .map(({ offerId, offer, provider, proofKind, retentionSeconds }) => ({
      offer_id: offerId,
      provider: provider.address,
      state: health.stateOf(provider.address),
      unit: offer.unit,
      price: String(offer.price),
      proof_kind: proofKind,
      retention_seconds: retentionSeconds ?? null,
      ...describeRecord(records.of(offerId)),
      live: describeLive(live.of(offerId)),
      ...describeRisk(provider.stake, risks.atRisk(provider.address)),
    }))
    .sort((a, b) => rank(a.state) - rank(b.state) || Number(BigInt(a.price) - BigInt(b.price)))
  const { task, title, description, licence, source, languages = [], metrics = [], features = [], context } = card
  const { dimensions } = card
  const bytes = card.files.reduce((sum, file) => sum + file.bytes, 0)
  const words = {
    task,
    title,
    description,
    licence,
    source,
    languages,
    metrics,
    bytes,
    features,
    ...(context !== undefined && { context }),
    ...(dimensions !== undefined && { dimensions }),
  }
  const { unit, price, proof_kind } = offers[0] ?? {}
  const proof = describeProof(proof_kind ?? 'attested', model)
  const providers = new Set(offers.map(({ provider }) => provider)).size
  const head = { model_id: String(modelId), version, ...words, weights: weightsDigest }
  return {
    id,
    object: 'model',
    created: publishedAt,
    owned_by: owner,
    stoa: { ...head, unit, price, proof_kind, ...proof, providers, offers },
  }
}

function describeRecord({ calls, successRate, latency }: TrackRecord) {
  return { calls, success_rate: successRate ?? null, latency_ms: latency ?? null }
}

/** How it does now; means round to what can be read. */
function describeLive({ latency, throughput, success, inFlight, load }: Live) {
  const mean = ({ sum, weight }: Decayed, digits: number, of = (value: number) => value) =>
    weight > 0 ? Number(of(sum / weight).toFixed(digits)) : null
  return {
    ...{ latency_ms: mean(latency, 1, Math.exp), throughput: mean(throughput, 0), success_rate: mean(success, 4) },
    ...{ in_flight: inFlight, capacity: load?.capacity ?? null, queued: load?.queued ?? null },
  }
}

function describeRisk(stake: bigint, atRisk: bigint) {
  const coverage = atRisk > 0n ? coverageOf(stake, atRisk) : null
  return { stake: String(stake), at_risk: String(atRisk), coverage }
}

function rank(state: ProviderState): number {
  return ['healthy', 'resting', 'doubted', 'distrusted'].indexOf(state)
}
