import { type ExactType, elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import { type Builder, constant, emit, fits, isFloat, type Known, magnitude } from './builder.ts'

const CODES = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, bool: 9, f64: 11 } as const

/** A tensor as one of another type, clipped to `most` and to what the type holds where it must be. */
export function asType(builder: Builder, known: Known, type: ExactType, most = Number.POSITIVE_INFINITY): Known {
  const least = type === 'u8' ? 0 : -Math.min(most, type === 'i8' ? 127 : most)
  const bound = Math.min(most, type === 'u8' ? 255 : type === 'i8' ? 127 : type === 'f32' ? 2 ** 24 : 2 ** 31 - 1)
  const needed = !fits(type, known.lo, known.hi) || magnitude(known) > most
  const bounded = needed ? clipTo(builder, known, Math.max(least, -bound), bound) : known
  return castTo(builder, bounded, type)
}

export function castTo(builder: Builder, known: Known, type: ExactType): Known {
  if (known.type === type) return known
  return emit(builder, 'Cast', [known.name], { ...known, type }, { to: CODES[type] })
}

const CLIPPED: readonly ExactType[] = ['f32', 'f64', 'i32', 'i64']

/** A tensor clipped to whole bounds; small integers are widened for it. */
export function clipTo(builder: Builder, known: Known, lo: number, hi: number): Known {
  // What chooses among i64 takes 32 bits of them.
  const long = known.type === 'i64' && magnitude(known) >= 2 ** 31
  const wide = CLIPPED.includes(known.type) && !long ? known : castTo(builder, known, long ? 'f64' : 'i32')
  const bounds = [lo, hi].map((bound) => constant(builder, tensor(wide.type, [bound], [])))
  const clamp = (x: number) => Math.min(Math.max(x, lo), hi)
  return emit(builder, 'Clip', [wide.name, ...bounds], { ...wide, lo: clamp(known.lo), hi: clamp(known.hi) })
}

/** Brings a passing tensor back to integers, by way of a random choice of clipping and rounding. */
export function settle(builder: Builder, passing: Known): Known {
  const { random } = builder
  let known = passing
  if (random.chance(0.2) && known.type === 'f32') {
    const range = { lo: Math.max(known.lo, 0), hi: Math.max(known.hi, 0) }
    known = emit(builder, 'Relu', [known.name], { ...known, ...range })
  }
  if (random.chance(0.6)) {
    const [lo, hi] = random.pick([
      [0, 255],
      [-128, 127],
      [-127, 127],
      [-32768, 32767],
      [-5, 9],
      [0, 4095],
    ] as const)
    known = clipTo(builder, known, lo, hi)
  }
  return rounded(builder, known)
}

export function rounded(builder: Builder, known: Known): Known {
  if (!isFloat(known)) return known
  const op = builder.random.pick(['Round', 'Round', 'Floor'])
  // Rounding to the nearest may go either way at the ends, by less than one.
  return emit(builder, op, [known.name], { ...known, lo: Math.floor(known.lo), hi: Math.ceil(known.hi), unit: 0 })
}

/** Rank 4, by a reshape that keeps the first axis. */
export function asRank4(builder: Builder, known: Known): Known {
  if (known.dims.length === 4) return known
  const [batch, ...others] = known.dims.length === 0 ? [1] : known.dims
  const rest = elementsOf(others)
  const divisors = Array.from({ length: Math.min(rest, 48) }, (_, i) => i + 1).filter((count) => rest % count === 0)
  const channels = rest === 0 ? 1 : builder.random.pick(divisors)
  const heights = divisors.filter((count) => (rest / channels) % count === 0)
  const height = rest === 0 ? 1 : builder.random.pick(heights)
  const dims = [batch as number, channels, height, rest / channels / height]
  const shape = constant(builder, tensor('i64', [builder.openBatch ? 0 : (dims[0] as number), ...dims.slice(1)]))
  return emit(builder, 'Reshape', [known.name, shape], { ...known, dims })
}
