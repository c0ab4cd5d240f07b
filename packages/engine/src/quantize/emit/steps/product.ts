import type { Step, Work } from '../../float/step.ts'
import { gridAt, type Lowering, plainAt, unsupported } from '../context.ts'
import { heldAs } from '../held.ts'
import { magnitude } from '../quantized.ts'
import { rescaled } from './rescaled.ts'

/** A sum of products of doubles is exact up to here, whatever its length: 2^52 less what lengths of 2^16 take. */
const LARGEST_TERM = 2 ** 36

/** A product of two computed tensors, in doubles: their sums have no weights that could be made to fit a float32. */
export const lowerProduct: Lowering<Step & Extract<Work, { op: 'product' }>> = (step, context) => {
  const { emitter } = context
  const [a, b] = [plainAt(context, step.a, step), plainAt(context, step.b, step)]
  const grid = gridAt(context, step)
  if (magnitude(a) * magnitude(b) > LARGEST_TERM) throw unsupported(step, 'its operands have too many bits')
  const wide = [a, b].map(({ name }) => emitter.cast(name, 'f64', `${step.name}/wide`))
  const sum = emitter.node('MatMul', wide, {}, `${step.name}/sum`)
  return heldAs({
    name: rescaled(emitter, sum, (a.scale * b.scale) / grid.scale, grid, step.name),
    type: 'f32',
    ...grid,
  })
}
