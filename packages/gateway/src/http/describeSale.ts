import type { InferResult } from '../infer/createInfer.ts'

/** What was bought, beside the answer: the member `stoa` of specs/gateway-http.md. */
export function describeSale({ receipt, receiptDigest, offerId, provider, model }: InferResult) {
  const listing = model.listings.find((l) => l.offerId === offerId)
  return {
    receipt: receiptDigest,
    offer: offerId,
    provider,
    proof_kind: listing?.offer.proofKind,
    model_id: String(model.modelId),
    model_version: model.version,
    weights: receipt.weightsDigest,
    unit: listing?.offer.unit,
    units: String(receipt.units),
  }
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
