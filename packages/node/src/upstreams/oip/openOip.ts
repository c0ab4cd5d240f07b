import { graphTensorName, type Model, modelFrom } from '@stoa/engine/inference'
import { BaseError, type ModelCard, readOutside, type Tensor, tensorFromJson, tensorToJson } from '@stoa/protocol'
import { z } from 'zod'
import { BadRequestError } from '../../models/errors.ts'
import type { ModelTensors } from '../../models/tensorsOfModel.ts'
import { callUpstream, failed, readUpstreamJson } from '../callUpstream.ts'
import type { Upstream } from '../upstream.ts'
import { type OipDescription, readOipDescription } from './readOipDescription.ts'

export type OpenOipParameters = { upstream: Upstream; card: Pick<ModelCard, 'task'> }

const answered = z.object({
  outputs: z
    .array(
      z.object({
        name: z.string().max(200),
        shape: z.array(z.int().nonnegative()).max(8),
        datatype: z.string().max(20),
        data: z.array(z.unknown()),
      }),
    )
    .max(64),
})

/**
 * A model that a server of the Open Inference Protocol v2 answers for (specs/backends.md). `tensors`: what it takes and gives, by that server's own description under the names of tensors here; nothing
 * while it does not tell.
 */
export async function openOip({ upstream, card }: OpenOipParameters): Promise<{ model: Model; tensors: ModelTensors }> {
  let known: OipDescription | undefined
  const describe = async (signal?: AbortSignal) => {
    known ??= await readOipDescription(upstream, signal)
    return known
  }
  const first = await describe(AbortSignal.timeout(DESCRIBE_MS)).catch(() => undefined)
  const model = modelFrom({
    task: card.task,
    async answer(request, signal) {
      signal?.throwIfAborted()
      const { inputs, outputs } = await describe(signal)
      const body = {
        inputs: request.map((tensor) => ({ ...tensorToJson(tensor), name: theirName(inputs, tensor.name) })),
      }
      const path = `/v2/models/${encodeURIComponent(upstream.model)}/infer`
      const response = await callUpstream(upstream, { path, body, signal })
      const json = await readUpstreamJson(upstream, response, signal)
      const tensors = readOutputs(upstream, json)
      const place = new Map(outputs.map(({ name }, i) => [graphTensorName(name), i]))
      // In the order of the description, what it does not name after it.
      return tensors.sort((a, b) => (place.get(a.name) ?? place.size) - (place.get(b.name) ?? place.size))
    },
    release: async () => undefined,
  })
  const { inputs = [], outputs = [] } = first ?? {}
  const ours = (each: OipDescription['inputs'][number]) => ({ ...each, name: graphTensorName(each.name) })
  return { model, tensors: { inputs: inputs.map(ours), outputs: outputs.map(ours) } }
}

/** Milliseconds for the description when the node starts; a server that is away is asked again by the first call. */
const DESCRIBE_MS = 5_000

/** What the server calls an input. */
function theirName(inputs: OipDescription['inputs'], ours: string): string {
  if (inputs.length === 0) return ours
  const [found, other] = inputs.filter(({ name }) => graphTensorName(name) === ours)
  if (!found || other)
    throw new BadRequestError(`The model has no input "${ours}".`, {
      hint: `Its inputs are ${inputs.map(({ name }) => graphTensorName(name)).join(', ')}.`,
    })
  return found.name
}

function readOutputs(upstream: Upstream, json: unknown): Tensor[] {
  const read = readOutside(answered, json, 'It')
  if (!read.success) throw failed(upstream, `answered what is no inference response: ${read.words}`)
  try {
    return read.data.outputs.map((output) => tensorFromJson({ ...output, name: graphTensorName(output.name) }))
  } catch (error) {
    // The server's fault, not the buyer's.
    throw failed(
      upstream,
      `answered a tensor that is none here: ${error instanceof BaseError ? error.shortMessage : error}`,
    )
  }
}
