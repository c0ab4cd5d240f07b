import { type ProofKind, proofOf } from '@stoa/protocol'
import type { InferResult } from '../infer/createInfer.ts'
import type { ListedModel } from '../market/market.ts'
import { describeReceipt } from './describeReceipt.ts'

/** What was bought, beside the answer: the member `stoa` of specs/gateway-http.md. */
export function describeSale({ record, model, hedge }: InferResult) {
  return {
    offer_id: record.receipt.offerId,
    provider: record.provider,
    proof_kind: record.proofKind,
    ...describeProof(record.proofKind, model),
    model_id: String(model.modelId),
    model_version: model.version,
    receipt: describeReceipt(record),
    ...(hedge && {
      hedge: { offer_id: hedge.offerId, provider: hedge.provider, at_most_wei: String(hedge.atMostWei) },
    }),
  }
}

/** Whether the answer is defined to the bit, and what that means to the buyer. */
export function describeProof(kind: ProofKind, { card }: Pick<ListedModel, 'card'>) {
  const { profile, why } = proofOf(kind, card.profile)
  return { profile: profile ?? null, proof: why }
}

/** Tokens where the task has them, and what the receipt charges: a decimal number of whole tokens, and exactly in wei. */
export function describeUsage(
  { costWei }: InferResult,
  { prompt, completion }: { prompt: number; completion: number },
  tokens: (wei: bigint) => string,
) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    cost: Number(tokens(costWei)),
    cost_wei: String(costWei),
  }
}
