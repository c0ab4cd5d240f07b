import type { Uses } from '../float/simplify/uses.ts'
import type { ConvStep, LinearStep, Step } from '../float/step.ts'
import type { Ranges } from './range.ts'

/** A float32 counts every integer up to here, so magnitudes of activations and sums of weights share 24 bits. */
const LIMIT = 2 ** 24

/**
 * What reading a tensor costs in squared error, as a function of the real value s of one of its steps: `fine` · s² for its own rounding and
 * `coarse` / s² for that of the weights, which get the bits that it leaves them.
 */
export type Demand = { readonly fine: number; readonly coarse: number }

export const NO_DEMAND: Demand = { fine: 0, coarse: 0 }

export const together = (a: Demand, b: Demand): Demand => ({ fine: a.fine + b.fine, coarse: a.coarse + b.coarse })

/** The step at which the squared error is least; undefined where nothing that was looked at reads the tensor. */
export function bestStep({ fine, coarse }: Demand): number | undefined {
  return fine > 0 && coarse > 0 ? Math.sqrt(Math.sqrt(coarse / fine)) : undefined
}

/** Demands of all sums of products that a tensor reaches, itself or through steps that keep its integers much as they are. */
export function demandOn(
  name: string,
  uses: Uses,
  ranges: Ranges,
  boundOf: (name: string) => number,
  gain = 1,
): Demand {
  return uses.readers(name).reduce((sum, reader) => together(sum, demandOf(reader, name)), NO_DEMAND)

  function demandOf(reader: Step, input: string): Demand {
    switch (reader.op) {
      case 'conv':
      case 'linear':
        return productDemand(reader, gain, boundOf(input), ranges)
      case 'hardSwish':
        return demandOn(reader.name, uses, ranges, boundOf, gain * reader.factor)
      case 'mul':
      case 'resize':
      case 'maxPool':
      case 'move':
      case 'clip':
      case 'concat':
        return demandOn(reader.name, uses, ranges, boundOf, gain)
      default:
        return NO_DEMAND
    }
  }
}

function productDemand(step: Step & (ConvStep | LinearStep), gain: number, bound: number, ranges: Ranges): Demand {
  const [input, output] = [ranges.get(step.x), ranges.get(step.name)]
  const power = (output?.rms ?? 1) ** 2 || 1
  const channels = step.bias.length
  let [squares, spread] = [0, 0]
  for (const { sum, square } of sumsOf(step)) {
    squares += square / channels
    spread += sum ** 2 / channels
  }
  const fanIn = step.weights.data.length / channels
  const energy = fanIn * (input?.rms ?? bound / 4) ** 2
  return { fine: (gain ** 2 * squares) / power, coarse: (spread * bound ** 2 * energy) / (gain * LIMIT) ** 2 / power }
}

/** Units that the largest possible sum of products may come to in steps of its result: five bits are left for its weights. */
const MOST_STEPS = LIMIT / 32

/** The finest step of a sum of products, whose inputs reach `bound`, at which its weights can still be told from 0. */
export function finestStep(step: ConvStep | LinearStep, bound: number): number {
  const reaches = sumsOf(step).map(({ sum }, channel) => sum * bound + Math.abs(step.bias[channel] as number))
  return Math.max(...reaches) / MOST_STEPS
}

/** Of each output channel, the sum of its weights' magnitudes and that of their squares. */
function sumsOf(step: ConvStep | LinearStep): { sum: number; square: number }[] {
  const { dims, data } = step.weights
  const axis = step.op === 'linear' || step.transposed ? 1 : 0
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const sums = Array.from({ length: dims[axis] as number }, () => ({ sum: 0, square: 0 }))
  for (const [i, weight] of data.entries()) {
    const entry = sums[Math.floor(i / inner) % sums.length]
    if (!entry) continue
    entry.sum += Math.abs(weight)
    entry.square += weight * weight
  }
  return sums
}
