import type { Model } from '@stoa/engine/inference'
import type { ModelCard } from '@stoa/protocol'
import type { ModelTensors } from '../models/tensorsOfModel.ts'
import { openOip } from './oip/openOip.ts'
import { openOpenAi } from './openai/openOpenAi.ts'
import { openOpenAiEmbedding } from './openai/openOpenAiEmbedding.ts'
import { checkUpstream, doesTask, InvalidUpstreamError, type Upstream } from './upstream.ts'

export type OpenUpstreamParameters = {
  upstream: Upstream
  card: Pick<ModelCard, 'name' | 'task' | 'features' | 'profile' | 'dimensions'>
}

/**
 * A model that a server by URL answers for. A server that is away is no error: its calls fail until it is back. Throws `InvalidUpstreamError` for an upstream that can't be one, or not of the card's
 * task.
 */
export async function openUpstream({
  upstream: given,
  card,
}: OpenUpstreamParameters): Promise<{ model: Model; tensors?: ModelTensors }> {
  const upstream = checkUpstream(given)
  if (!doesTask(upstream.protocol, card.task))
    throw new InvalidUpstreamError(
      `its protocol "${upstream.protocol}" does not answer the task "${card.task}"`,
      'Chats and embeddings of texts are answered by OpenAI-compatible servers, tensors of other tasks by servers of the Open Inference Protocol.',
    )
  if (upstream.protocol === 'oip') return openOip({ upstream, card })
  return { model: card.task === 'chat' ? openOpenAi({ upstream, card }) : openOpenAiEmbedding({ upstream, card }) }
}
