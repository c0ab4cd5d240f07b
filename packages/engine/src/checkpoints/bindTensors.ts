import { InvalidCheckpointError, UnsupportedCheckpointError } from './errors.ts'
import { type LlamaConfig, tensorDims } from './llama.ts'

export type BindParameters = {
  config: LlamaConfig
  /** Dims of the tensors that the file has, by the file's names. */
  have: ReadonlyMap<string, readonly number[]>
  /** Stoa's name of a tensor in the words of the file's format. */
  foreignName(name: string): string
  /** Tensors that hold nothing which the config does not say, such as stored rotary frequencies. */
  isRedundant(foreign: string): boolean
  file: string
}

/**
 * The file's name of each of Stoa's tensors. Every tensor that the config asks for must be there with its dims, and no other: weights
 * that would be left out are a model that is not understood.
 */
export function bindTensors({ config, have, foreignName, isRedundant, file }: BindParameters): Map<string, string> {
  const bound = new Map<string, string>()
  const used = new Set<string>()
  for (const [name, dims] of tensorDims(config)) {
    const foreign = foreignName(name)
    const found = have.get(foreign)
    if (!found) throw new InvalidCheckpointError(file, `the tensor "${foreign}" is missing`)
    if (found.length !== dims.length || found.some((dim, i) => dim !== dims[i])) {
      const [is, should] = [found.join(' × '), dims.join(' × ')]
      throw new InvalidCheckpointError(file, `the tensor "${foreign}" is ${is}, by the config it would be ${should}`)
    }
    bound.set(name, foreign)
    used.add(foreign)
  }
  for (const foreign of have.keys()) {
    if (used.has(foreign) || isRedundant(foreign)) continue
    throw new UnsupportedCheckpointError(file, `the tensor "${foreign}"`, {
      why: foreign.endsWith('.bias') ? 'biases' : 'no part of a Llama-like decoder has it',
    })
  }
  return bound
}
