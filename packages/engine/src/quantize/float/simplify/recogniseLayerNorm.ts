import type { FloatGraph, LayerNormStep, Step } from '../step.ts'
import { type Uses, usesOf } from './uses.ts'

/** Finds (x − mean) / √(mean((x − mean)²) + ε) over the last axis, with or without factor and shift, and makes one step of it. */
export function recogniseLayerNorm(graph: FloatGraph): FloatGraph {
  const uses = usesOf(graph)
  const steps = graph.steps.map((step): Step => {
    const found = step.op === 'affine' ? matchScaled(step, uses) : matchPlain(step, uses)
    return found ? { name: step.name, node: step.node, ...found } : step
  })
  return { ...graph, steps }
}

function matchScaled(step: Step & { op: 'affine' }, uses: Uses): LayerNormStep | undefined {
  const plain = uses.isPrivate(step.x) ? matchPlain(uses.maker(step.x), uses) : undefined
  if (!plain || step.axis !== -1) return undefined
  return { ...plain, factor: step.factor, shift: step.shift }
}

function matchPlain(step: Step | undefined, uses: Uses): LayerNormStep | undefined {
  if (step?.op !== 'div') return undefined
  const [difference, deviation] = [uses.maker(step.a), uses.maker(step.b)]
  if (difference?.op !== 'sub' || deviation?.op !== 'function' || deviation.what !== 'Sqrt') return undefined
  const mean = uses.maker(difference.b)
  const variance = uses.maker(deviation.x)
  if (mean?.op !== 'mean' || mean.x !== difference.a || !overLast(mean)) return undefined
  if (variance?.op !== 'affine' || variance.factor.length !== 1 || variance.factor[0] !== 1) return undefined
  const meanSquare = uses.maker(variance.x)
  if (meanSquare?.op !== 'mean' || !overLast(meanSquare) || !isSquareOf(uses.maker(meanSquare.x), step.a))
    return undefined
  const epsilon = variance.shift[0] ?? 0
  return { op: 'layerNorm', x: difference.a, factor: Float64Array.of(1), shift: Float64Array.of(0), epsilon }
}

const overLast = ({ axes, keep }: { axes: readonly number[]; keep: boolean }): boolean =>
  keep && axes.length === 1 && axes[0] === -1

function isSquareOf(step: Step | undefined, x: string): boolean {
  if (step?.op === 'mul') return step.a === x && step.b === x
  return step?.op === 'function' && step.what === 'Pow 2' && step.x === x
}
