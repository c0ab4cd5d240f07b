import type { LinearStep, Step } from '../../float/step.ts'
import { heldAt, type Lowering, plannedAt, unsupported } from '../context.ts'
import { ofChannel as at, NO_SHIFT } from '../held.ts'
import { magnitude } from '../quantized.ts'
import { toDyadic } from '../weights.ts'
import { requantised } from './requantised.ts'

/** A product with a constant matrix, which absorbs all scales: MatMul, Add, Clip and Round. */
export const lowerLinear: Lowering<Step & LinearStep> = (step, context) => {
  const { emitter } = context
  const x = heldAt(context, step.x, step)
  const grid = plannedAt(context, step)
  const { dims, data } = step.weights
  const [rows, columns] = [dims[0] as number, dims[1] as number]
  const [weights, bias] = [new Float64Array(data.length), new Float64Array(columns)]
  for (let c = 0; c < columns; c++) {
    const out = at(grid.scales, c)
    const column = Float64Array.from(
      { length: rows },
      (_, r) => ((data[r * columns + c] as number) * at(x.scales, r)) / out,
    )
    let shift = 0
    for (let r = 0; r < rows; r++) shift += (data[r * columns + c] as number) * at(x.shifts, r)
    const dyadic = toDyadic(column, ((step.bias[c] as number) + shift) / out, magnitude(x))
    if (!dyadic) throw unsupported(step, `the weights of column ${c} are too large for its range`)
    for (let r = 0; r < rows; r++) weights[r * columns + c] = dyadic.weights[r] as number
    bias[c] = dyadic.bias
  }
  const product = emitter.node(
    'MatMul',
    [x.name, emitter.f32(weights, dims, `${step.name}/weights`)],
    {},
    `${step.name}/product`,
  )
  const sum = emitter.node('Add', [product, emitter.f32(bias, undefined, `${step.name}/bias`)], {}, `${step.name}/sum`)
  return { name: requantised(emitter, sum, grid, step.name), ...grid, type: 'f32', shifts: NO_SHIFT }
}
