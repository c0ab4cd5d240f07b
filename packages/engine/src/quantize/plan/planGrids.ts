import { placesFor } from '../emit/dyadic.ts'
import { type Uses, usesOf } from '../float/simplify/uses.ts'
import type { FloatGraph, HardSwishStep, Step } from '../float/step.ts'
import { boundsOf, sumBounds } from './bounds.ts'
import { Classes } from './classes.ts'
import { bestStep, type Demand, demandOn, finestStep, NO_DEMAND, together } from './demands.ts'
import { gateOf } from './gates.ts'
import { freeParts } from './joins.ts'
import type { Ranges } from './range.ts'

/** How a tensor is held: integers lo..hi; one step is worth `scales`, one number for all or one for each channel. */
export type PlannedGrid = { readonly scales: Float64Array; readonly lo: number; readonly hi: number }

export type Plan = {
  /** For each tensor whose grid its step may choose. */
  readonly grids: ReadonlyMap<string, PlannedGrid>
  /** Scales that tensors have in common with those that they are added to, joined with, or moved from. */
  readonly shared: ReadonlyMap<string, number>
}

export type PlanOptions = {
  /** Most bits of a carried tensor: its integers are of magnitude below 2^(bits − 1). */
  readonly bits: number
  /** Real value of one step, for tensors where it shall be a certain one. */
  readonly scales?: ReadonlyMap<string, number>
}

/** Least share of the widest channel's range that a channel's own is taken for: what is nearly dead is not worth more. */
const NARROWEST = 1 / 16

/** Magnitude of integers where no sum of products asks for more or less: the input of a table, say. */
const USUAL = 4095

/**
 * Settles one grid for each tensor that steps may choose one for. Tensors that are added, joined or only moved share their scale, so that
 * they meet without a multiplication. Scales are those at which roundings of activations and of the weights that read them, which
 * share the 24 bits of a float32, do the least harm together. `ranges` must have all that choose.
 */
export function planGrids(graph: FloatGraph, ranges: Ranges, options: PlanOptions): Plan {
  const uses = usesOf(graph)
  const bounds = boundsOf(graph, uses, ranges)
  const classes = new Classes()
  for (const step of graph.steps) for (const name of sharers(step, uses)) classes.join(step.name, name)
  const most = 2 ** (options.bits - 1) - 1
  const boundsAt = (name: string) => bounds.get(name) ?? { lo: -1, hi: 1 }
  const boundOf = (name: string) => {
    const { lo, hi } = boundsAt(name)
    // A tensor that was silent in all samples may have any scale.
    return Math.max(Math.abs(lo), Math.abs(hi)) || 1
  }
  const scales = scalesOfClasses(graph, classes, (name) => demandOn(name, uses, ranges, boundOf), boundOf, most)
  for (const [name, scale] of options.scales ?? []) scales.set(classes.of(name), scale)
  const grids = new Map<string, PlannedGrid>()
  for (const step of graph.steps) {
    if (step.op === 'add' || step.op === 'sub') {
      const [possible, bound] = [sumBounds(step.op, boundsAt(step.a), boundsAt(step.b)), boundsAt(step.name)]
      const scale = scales.get(classes.of(step.name))
      if (scale !== undefined && bound.hi < possible.hi) grids.set(step.name, gridOf(bound, scale))
    }
    if (!choosesGrid(step)) continue
    const class_ = classes.of(step.name)
    const scale = scales.get(class_) ?? boundOf(step.name) / Math.min(most, USUAL)
    const fixed = options.scales?.has(step.name) || graph.outputs.includes(step.name)
    const alone = classes.sizeOf(step.name) === 1 && !fixed
    const { channels } = ranges.get(step.name) ?? {}
    const bound = boundsAt(step.name)
    const swish = alone ? onlyHardSwish(step.name, uses) : undefined
    if (alone && channels && mayDiffer(step, uses))
      grids.set(step.name, byChannel(channels, boundOf(step.name), scale, bound))
    else grids.set(step.name, gridOf(bound, swish ? fitted(scale, boundOf(step.name), swish) : scale))
  }
  const shared = new Map<string, number>()
  for (const step of graph.steps) {
    const scale = scales.get(classes.of(step.name))
    if (scale !== undefined && classes.sizeOf(step.name) > 1) shared.set(step.name, scale)
  }
  return { grids: fitGates(graph, grids, bounds, uses), shared }
}

/** Whether a step requantises: then its grid is free to choose, and its range must be known. */
export function choosesGrid({ op }: Step): boolean {
  return ['conv', 'linear', 'product', 'mul', 'function', 'layerNorm', 'softmax', 'div'].includes(op)
}

/** Tensors that must have the scale of what the step makes. */
function sharers(step: Step, uses: Uses): readonly string[] {
  switch (step.op) {
    case 'add':
    case 'sub':
      return [step.a, step.b]
    case 'concat':
      return freeParts(step, uses) ? [] : step.xs
    case 'clip':
    case 'resize':
    case 'maxPool':
    case 'move':
      return [step.x]
    default:
      return []
  }
}

/** For each class with a member that chooses, the step that suits all that read its members. */
function scalesOfClasses(
  graph: FloatGraph,
  classes: Classes,
  demand: (name: string) => Demand,
  boundOf: (name: string) => number,
  most: number,
): Map<string, number> {
  const demands = new Map<string, Demand>()
  const widest = new Map<string, number>()
  const finest = new Map<string, number>()
  const chosen = new Set<string>()
  for (const step of graph.steps) {
    const name = classes.of(step.name)
    demands.set(name, together(demands.get(name) ?? NO_DEMAND, demand(step.name)))
    widest.set(name, Math.max(widest.get(name) ?? 0, boundOf(step.name)))
    if (step.op === 'conv' || step.op === 'linear') {
      finest.set(name, Math.max(finest.get(name) ?? 0, finestStep(step, boundOf(step.x))))
    }
    if (choosesGrid(step)) chosen.add(name)
  }
  return new Map(
    [...chosen].map((name) => {
      const bound = widest.get(name) ?? 1
      const step = bestStep(demands.get(name) ?? NO_DEMAND) ?? bound / USUAL
      return [name, Math.max(step, bound / most, finest.get(name) ?? 0)]
    }),
  )
}

function gridOf({ lo, hi }: { lo: number; hi: number }, scale: number): PlannedGrid {
  return { scales: Float64Array.of(scale), lo: Math.floor(lo / scale + 0.5), hi: Math.floor(hi / scale + 0.5) }
}

/** The scale, a little larger, at which the slope of a HardSigmoid of the integers is a multiple of its least unit. */
function fitted(scale: number, bound: number, { alpha, factor, shift }: HardSwishStep): number {
  const places = placesFor((bound + Math.abs(shift / factor)) / scale, 24)
  return Math.max(1, Math.ceil(alpha * scale * 2 ** places)) / (alpha * 2 ** places)
}

export function onlyHardSwish(name: string, uses: Uses): HardSwishStep | undefined {
  const [reader] = uses.readers(name)
  return uses.isPrivate(name) && reader?.op === 'hardSwish' ? reader : undefined
}

/** Whether channels of a tensor may have scales of their own: their products with weights absorb them. */
function mayDiffer(step: Step, uses: Uses): boolean {
  if (step.op !== 'conv' && step.op !== 'linear') return false
  const { lo, hi } = step.bounds
  if (Number.isFinite(hi) || (Number.isFinite(lo) && lo !== 0)) return false
  const readers = uses.readers(step.name)
  return readers.length > 0 && readers.every((reader) => reader.op === step.op)
}

/** Each channel gets as many steps as the widest one has at the common scale. */
function byChannel(channels: ArrayLike<number>, bound: number, scale: number, { lo }: { lo: number }): PlannedGrid {
  const widest = Math.max(...Array.from(channels)) || 1
  const steps = Math.max(1, Math.floor(bound / scale + 0.5))
  // Four digits are enough, and make plans that are kept shorter.
  const scales = Float64Array.from(channels, (magnitude) =>
    Number((Math.max(magnitude, widest * NARROWEST) / steps).toPrecision(4)),
  )
  return { scales, lo: lo >= 0 ? 0 : -steps, hi: steps }
}

/** Steps that a gate's range is cut into, at least. */
const GATE_STEPS = 1024

/** Gives the gates of products the scales at which the products need no factor but a power of two. */
function fitGates(
  graph: FloatGraph,
  grids: ReadonlyMap<string, PlannedGrid>,
  bounds: ReadonlyMap<string, { lo: number; hi: number }>,
  uses: Uses,
): Map<string, PlannedGrid> {
  const fittedGrids = new Map(grids)
  for (const step of graph.steps) {
    if (step.op !== 'mul') continue
    const gate = gateOf(step, uses)
    const bound = gate === undefined ? undefined : bounds.get(gate)
    const x = gate === undefined ? undefined : scaleThrough(gate === step.a ? step.b : step.a, grids, uses)
    const out = grids.get(step.name)?.scales[0]
    if (gate === undefined || !bound || x === undefined || out === undefined) continue
    const finest = Math.max(Math.abs(bound.lo), Math.abs(bound.hi)) / GATE_STEPS
    let scale = out / x
    while (scale > finest) scale /= 2
    while (scale * 2 <= finest) scale *= 2
    fittedGrids.set(gate, gridOf(bound, scale))
  }
  return fittedGrids
}

/** Scale of a tensor that is planned, or follows from one that is. */
function scaleThrough(name: string, grids: ReadonlyMap<string, PlannedGrid>, uses: Uses): number | undefined {
  const planned = grids.get(name)
  if (planned) return planned.scales.length === 1 ? planned.scales[0] : undefined
  const maker = uses.maker(name)
  if (maker?.op === 'hardSwish') {
    const inner = scaleThrough(maker.x, grids, uses)
    return inner === undefined ? undefined : inner * maker.factor
  }
  const [x] = maker ? sharers(maker, uses) : []
  return x === undefined ? undefined : scaleThrough(x, grids, uses)
}
