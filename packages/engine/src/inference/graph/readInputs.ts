import { InvalidTensorError, type Tensor } from '@stoa/protocol'
import type { ExactGraph } from '../../exact/profile/index.ts'
import type { Value } from '../../exact/value.ts'
import { InvalidRequestError } from '../errors.ts'
import { valueOfTensor } from './valueOfTensor.ts'

/** The graph's inputs, which are the request's tensors in the same order (specs/tasks.md, "graph"). Throws `InvalidRequestError`, `InvalidTensorError`. */
export function readInputs({ model }: ExactGraph, request: readonly Tensor[]): Map<string, Value> {
  const wanted = model.inputs.map(({ name }) => name)
  if (request.map(({ name }) => name).join() !== wanted.join())
    throw new InvalidRequestError('graph', `it needs exactly the tensors ${wanted.join(', ')}, in this order`)
  return new Map(
    model.inputs.map(({ name, type }, i) => {
      const value = valueOfTensor(request[i] as Tensor)
      if (value?.type !== type)
        throw new InvalidTensorError(`"${name}" is ${request[i]?.dtype}, the graph takes ${type}`)
      return [name, value]
    }),
  )
}
