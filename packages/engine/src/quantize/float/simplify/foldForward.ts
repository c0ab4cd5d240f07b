import {
  type AffineStep,
  type Bounds,
  type ConvStep,
  type FloatGraph,
  type LinearStep,
  readsOf,
  type Step,
  type Work,
} from '../step.ts'
import { renameReads } from './renameReads.ts'
import { usesOf } from './uses.ts'

/**
 * Folds factors, shifts and bounds into the step before them, where nobody else reads that step's result: an image passes through memory once
 * instead of up to five times. Factors of 1 with shifts of 0 vanish.
 */
export function foldForward(graph: FloatGraph): FloatGraph {
  const uses = usesOf(graph)
  const renamed = new Map<string, string>()
  const steps = new Map<string, Step>()
  for (const original of graph.steps) {
    const step = renameReads(original, renamed)
    if (isIdentity(step) && !graph.outputs.includes(step.name)) {
      renamed.set(step.name, step.x)
      continue
    }
    const [x = ''] = readsOf(step)
    // What vanishes must have been private under every name that it had.
    const before = steps.get(x)
    const work = before && readsOf(original).every(uses.isPrivate) ? folded(before, step) : undefined
    if (work && before) {
      steps.delete(x)
      steps.set(step.name, { ...work, name: step.name, node: before.node })
    } else steps.set(step.name, step)
  }
  return { ...graph, steps: [...steps.values()] }
}

function isIdentity(step: Step): step is Step & AffineStep {
  return step.op === 'affine' && step.factor.every((f) => f === 1) && step.shift.every((s) => s === 0)
}

function folded(before: Step, step: Step): Work | undefined {
  if (step.op === 'affine') return withAffine(before, step)
  if (step.op === 'clip') return withBounds(before, step.bounds)
  return undefined
}

function withBounds(before: Step, { lo, hi }: Bounds): Work | undefined {
  if (before.op !== 'conv' && before.op !== 'linear' && before.op !== 'clip') return undefined
  const within = (value: number) => Math.min(Math.max(value, lo), hi)
  return { ...before, bounds: { lo: within(before.bounds.lo), hi: within(before.bounds.hi) } }
}

function withAffine(before: Step, { axis, factor, shift }: AffineStep): Work | undefined {
  const one = factor.length === 1 && shift.length === 1
  const [f = 1, s = 0] = [factor[0], shift[0]]
  switch (before.op) {
    case 'conv':
    case 'linear': {
      const channels = before.bias.length
      const own = before.op === 'conv' ? -3 : -1
      const bounded = Number.isFinite(before.bounds.lo) || Number.isFinite(before.bounds.hi)
      if (bounded ? !one || f <= 0 : !one && axis !== own) return undefined
      if (!one && Math.max(factor.length, shift.length) !== channels) return undefined
      return scaled(before, spread(factor, channels), spread(shift, channels))
    }
    case 'affine': {
      const other = before.factor.length === 1 && before.shift.length === 1
      if (!one && !other && axis !== before.axis) return undefined
      const channels = Math.max(factor.length, shift.length, before.factor.length, before.shift.length)
      const [f1, s1, f2, s2] = [before.factor, before.shift, factor, shift].map((v) => spread(v, channels)) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      return {
        ...before,
        axis: one ? before.axis : axis,
        factor: f1.map((value, c) => value * (f2[c] as number)),
        shift: s1.map((value, c) => value * (f2[c] as number) + (s2[c] as number)),
      }
    }
    case 'hardSwish':
      return one ? { ...before, factor: before.factor * f, shift: before.shift * f + s } : undefined
    default:
      return undefined
  }
}

/** The same sum of products, times a factor and plus a shift for each output channel. */
function scaled(step: ConvStep | LinearStep, factor: Float64Array, shift: Float64Array): ConvStep | LinearStep {
  const { dims, data } = step.weights
  // Outputs are the first axis of a Conv's weights, the second of a ConvTranspose's and the last of a matrix.
  const axis = step.op === 'linear' || step.transposed ? 1 : 0
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const channels = dims[axis] as number
  const at = (i: number) => Math.floor(i / inner) % channels
  const [f = 1, s = 0] = [factor[0], shift[0]]
  return {
    ...step,
    weights: { dims, data: data.map((w, i) => w * (factor[at(i)] as number)) },
    bias: step.bias.map((b, c) => b * (factor[c] as number) + (shift[c] as number)),
    // Only factors and shifts that are one for all meet finite bounds.
    bounds: { lo: boundAfter(step.bounds.lo, f, s), hi: boundAfter(step.bounds.hi, f, s) },
  }
}

const boundAfter = (bound: number, factor: number, shift: number): number =>
  Number.isFinite(bound) ? bound * factor + shift : bound

const spread = (values: Float64Array, channels: number): Float64Array =>
  values.length === channels ? values : new Float64Array(channels).fill(values[0] as number)
