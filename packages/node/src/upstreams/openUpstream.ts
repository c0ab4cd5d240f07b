import type { Model } from '@stoa/engine/inference'
import type { ModelCard } from '@stoa/protocol'
import type { ModelTensors } from '../models/tensorsOfModel.ts'
import { openOip } from './oip/openOip.ts'
import { openOpenAi } from './openai/openOpenAi.ts'
import { checkUpstream, InvalidUpstreamError, type Upstream } from './upstream.ts'

export type OpenUpstreamParameters = { upstream: Upstream; card: Pick<ModelCard, 'name' | 'task' | 'features'> }

/**
 * A model that a server by URL answers for. A server that is away is no error: its calls fail until it is back. Throws `InvalidUpstreamError` for an upstream that can't be one, or not of the card's
 * task.
 */
export async function openUpstream({
  upstream: given,
  card,
}: OpenUpstreamParameters): Promise<{ model: Model; tensors?: ModelTensors }> {
  const upstream = checkUpstream(given)
  if ((upstream.protocol === 'openai') !== (card.task === 'chat'))
    throw new InvalidUpstreamError(
      `its protocol "${upstream.protocol}" does not answer the task "${card.task}"`,
      'Chats are answered by OpenAI-compatible servers, tensors of other tasks by servers of the Open Inference Protocol.',
    )
  return upstream.protocol === 'openai' ? { model: openOpenAi({ upstream, card }) } : openOip({ upstream, card })
}
