import type { Uses } from '../float/simplify/uses.ts'
import type { Bounds, FloatGraph, Step } from '../float/step.ts'
import type { Range, Ranges } from './range.ts'

/**
 * Real numbers that each tensor of the exact graph will be able to hold: for those that choose, what was seen and is within their step's bounds;
 * for the others, what follows.
 */
export function boundsOf(graph: FloatGraph, uses: Uses, ranges: Ranges): ReadonlyMap<string, Bounds> {
  const bounds = new Map<string, Bounds>()
  for (const step of graph.steps)
    bounds.set(
      step.name,
      boundsAfter(step, (name) => bounds.get(name) ?? UNKNOWN),
    )
  return bounds

  function boundsAfter(step: Step, of: (name: string) => Bounds): Bounds {
    switch (step.op) {
      case 'add':
      case 'sub':
        return clippedSum(sumBounds(step.op, of(step.a), of(step.b)), ranges.get(step.name))
      case 'hardSwish':
        return swished(step, of(step.x))
      case 'concat': {
        const parts = step.xs.map(of)
        return { lo: Math.min(...parts.map(({ lo }) => lo)), hi: Math.max(...parts.map(({ hi }) => hi)) }
      }
      case 'affine': {
        const [f = 1, s = 0] = [step.factor[0], step.shift[0]]
        const ends = [of(step.x).lo * f + s, of(step.x).hi * f + s]
        return { lo: Math.min(...ends), hi: Math.max(...ends) }
      }
      case 'mean':
      case 'maxPool':
      case 'resize':
      case 'move':
      case 'clip':
        return of(step.x)
      default:
        return seen(step, ranges.get(step.name), uses)
    }
  }
}

export function sumBounds(op: 'add' | 'sub', a: Bounds, b: Bounds): Bounds {
  return op === 'add' ? { lo: a.lo + b.lo, hi: a.hi + b.hi } : { lo: a.lo - b.hi, hi: a.hi - b.lo }
}

/** A sum that can be so many times larger than any that was seen is clipped: the bit is worth the pass over memory. */
const TOO_WIDE = 1.6

/** Bounds of a sum after the Clip that it gets where it is too wide. */
function clippedSum(possible: Bounds, range: Range | undefined): Bounds {
  return range && sizeOf(possible) > TOO_WIDE * sizeOf(range) ? { lo: range.lo, hi: range.hi } : possible
}

const sizeOf = ({ lo, hi }: Bounds): number => Math.max(Math.abs(lo), Math.abs(hi))

const UNKNOWN: Bounds = { lo: -1, hi: 1 }

function swished({ factor, shift }: { factor: number; shift: number }, x: Bounds): Bounds {
  const ends = [Math.min(x.lo, 0), Math.max(x.hi, 0)].map((end) => end * factor + shift)
  return { lo: Math.min(...ends), hi: Math.max(...ends) }
}

/** What was seen, between the bounds that its own step, or the curve that alone reads it, puts on it. A gate is between its bounds. */
function seen(step: Step, range: Range | undefined, uses: Uses): Bounds {
  const own = step.op === 'conv' || step.op === 'linear' ? step.bounds : { lo: -Infinity, hi: Infinity }
  const { lo, hi } = Number.isFinite(own.lo) && Number.isFinite(own.hi) ? own : (range ?? UNKNOWN)
  const least = Math.max(lo, own.lo, leastThatMatters(step.name, uses))
  return { lo: least, hi: Math.max(Math.min(hi, own.hi), least) }
}

/** Below it x · min(max(alpha x + beta, 0), 1) is 0. */
function leastThatMatters(name: string, uses: Uses): number {
  const [reader] = uses.readers(name)
  if (!uses.isPrivate(name) || reader?.op !== 'hardSwish') return -Infinity
  return Math.min(-reader.beta / reader.alpha, 0)
}
