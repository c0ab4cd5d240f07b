import { elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import { type Builder, choose, constant, emit, fits, type Known, magnitude } from './builder.ts'

/**
 * What may follow a sum of products before it is rounded, and what runtimes like to take up into the sum: a scale, an offset, a residual.
 * Leaves out what would not fit. The bounds of `sums` are those of any of its partial sums.
 *
 * @param shifts of the channels: only where they are equal is the unit one for all, which is what is reckoned with here.
 * @param channelDims dimensions of a constant with one element for each channel.
 */
export function dress(builder: Builder, sums: Known, shifts: readonly number[], channelDims: readonly number[]): Known {
  if (new Set(shifts).size !== 1) return sums
  let known = sums
  for (const step of [scaled, shifted, joined, bounded, chosen, bent])
    if (builder.random.chance(0.3)) known = step(builder, known, channelDims) ?? known
  return known
}

type Step = (builder: Builder, known: Known, channelDims: readonly number[]) => Known | undefined

const dimsOf = ({ random }: Builder, channelDims: readonly number[]): readonly number[] =>
  random.chance(0.5) ? [] : channelDims

const scaled: Step = (builder, known, channelDims) => {
  const { random } = builder
  const dims = dimsOf(builder, channelDims)
  const room = Math.floor((known.type === 'f32' ? 2 ** 24 : 2 ** 52) / Math.max(1, magnitude(known) * 2 ** -known.unit))
  const most = Math.min(room, 2 ** 12)
  const shift = random.int(0, 6)
  if (most < 1) return undefined
  const factors = Array.from({ length: elementsOf(dims) }, () => random.pick([most, -most, random.int(-most, most)]))
  const by = constant(
    builder,
    tensor(
      known.type,
      factors.map((factor) => factor * 2 ** -shift),
      dims,
    ),
  )
  const reach = magnitude(known) * most * 2 ** -shift
  return emit(builder, 'Mul', [known.name, by], { ...known, lo: -reach, hi: reach, unit: known.unit - shift })
}

const shifted: Step = (builder, known, channelDims) => {
  const { random } = builder
  const dims = dimsOf(builder, channelDims)
  const step = 2 ** known.unit
  const room = (known.type === 'f32' ? 2 ** 24 : 2 ** 52) - magnitude(known) / step
  const most = random.pick([room, Math.min(room, 100)])
  if (most < 1) return undefined
  const offsets = Array.from({ length: elementsOf(dims) }, () => random.pick([most, -most, random.int(-most, most)]))
  const by = constant(
    builder,
    tensor(
      known.type,
      offsets.map((offset) => offset * step),
      dims,
    ),
  )
  const reach = magnitude(known) + most * step
  const op = random.pick(['Add', 'Sub'])
  return emit(builder, op, random.chance(0.7) ? [known.name, by] : [by, known.name], {
    ...known,
    lo: -reach,
    hi: reach,
  })
}

/** A carried tensor of the same shape added, or the sum itself. */
const joined: Step = (builder, known) => {
  const reachWith = (other: Known) => magnitude(known) + magnitude(other)
  const fit = (other: Known) =>
    other.type === known.type &&
    other.dims.join() === known.dims.join() &&
    fits(known.type, -reachWith(other), reachWith(other), Math.min(known.unit, other.unit))
  const other = choose(builder, fit) ?? (fit(known) ? known : undefined)
  if (other === undefined) return undefined
  const reach = reachWith(other)
  return emit(builder, 'Add', [known.name, other.name], { ...known, lo: -reach, hi: reach })
}

/** The larger or the smaller of the sum and a constant, which ends what runtimes take up. */
const bounded: Step = (builder, known, channelDims) => {
  const { random } = builder
  const dims = dimsOf(builder, channelDims)
  const step = 2 ** known.unit
  const most = Math.floor(magnitude(known) / step)
  const limits = Array.from({ length: elementsOf(dims) }, () => random.int(-most, most) * step)
  const by = constant(builder, tensor(known.type, limits, dims))
  return emit(builder, random.pick(['Max', 'Min']), [known.name, by], known)
}

/** The sum, or a constant, by a truth of the pool or a constant one. */
const chosen: Step = (builder, known) => {
  const { random } = builder
  const truth = random.pick(builder.pool.filter(({ type }) => type === 'bool').concat(flagOf(builder)))
  const fit = broadcasts(truth.dims, known.dims)
  const other = constant(builder, tensor(known.type, [random.pick([0, 2 ** known.unit, magnitude(known)])], []))
  return fit ? emit(builder, 'Where', [truth.name, known.name, other], known) : undefined
}

/** A truth of no dimensions, constant: a runtime folds it away. */
function flagOf(builder: Builder): Known {
  const name = constant(builder, tensor('bool', [builder.random.int(0, 1)], []))
  return { name, type: 'bool', dims: [], lo: 0, hi: 1, unit: 0 }
}

const broadcasts = (from: readonly number[], to: readonly number[]): boolean =>
  from.length <= to.length && from.every((length, i) => length === 1 || length === to[to.length - from.length + i])

/** min(max(αx + β, 0), 1) of the sum itself, where its unit allows it, times a whole number so that something is left to round. */
const bent: Step = (builder, known) => {
  if (known.type !== 'f32') return undefined
  const shift = builder.random.int(0, 8)
  const [alpha, unit] = [2 ** -shift, Math.min(known.unit - shift, -1)]
  const reach = alpha * magnitude(known) + 0.5
  if (!fits('f32', -reach, reach, unit) || !fits('f32', 0, 1, unit)) return undefined
  const attributes = { alpha: { kind: 'float', value: alpha }, beta: { kind: 'float', value: 0.5 } } as const
  const slope = emit(builder, 'HardSigmoid', [known.name], { ...known, lo: 0, hi: 1, unit }, attributes)
  const most = Math.floor(Math.min(255, 2 ** 24 * 2 ** unit))
  if (most < 1) return slope
  const by = constant(builder, tensor('f32', [most], []))
  return emit(builder, 'Mul', [slope.name, by], { ...slope, lo: 0, hi: most })
}
