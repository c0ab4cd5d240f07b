import { UnsupportedOpError } from '../errors.ts'
import type { FloatGraph, Step } from '../float/step.ts'
import type { Emitter, Lengths } from './emitter.ts'
import { ints } from './emitter.ts'
import { type Held, NO_SHIFT } from './held.ts'
import { roundHalfEven } from './quantized.ts'

/** A length of an input: fixed, or named, with the lengths that it may have. */
export type InputLength = number | (Lengths & { readonly name: string })

/**
 * An image, u8 [batch, height, width, 3] with red, green and blue. The float network reads value · scale + offset for each of its planes,
 * which lie in the order of `planes`.
 */
export type ImageInput = {
  readonly kind: 'image'
  readonly scale: readonly [number, number, number]
  readonly offset: readonly [number, number, number]
  readonly planes: 'rgb' | 'bgr'
  readonly batch: InputLength
  readonly height: InputLength
  readonly width: InputLength
}

/** A tensor of real numbers, given as integers from lo to hi, i32, of which one step is worth `scale`. */
export type IntegerInput = {
  readonly kind: 'integers'
  readonly scale: number
  readonly lo: number
  readonly hi: number
  readonly dims: readonly InputLength[]
}

export type InputForm = ImageInput | IntegerInput

/** Grey levels by which a zero may be missed in padding. */
const CENTRE_ERROR = 0.1

/** Makes the input of the exact graph and brings it to the form in which the network's steps read it. */
export function lowerInput(emitter: Emitter, name: string, form: InputForm): Held {
  if (form.kind === 'integers') {
    emitter.input(
      name,
      'i32',
      form.dims.map((length) => stated(emitter, length)),
      { lo: form.lo, hi: form.hi },
    )
    const scales = Float64Array.of(form.scale)
    return {
      name: emitter.cast(name, 'f32', `${name}/real`),
      type: 'f32',
      lo: form.lo,
      hi: form.hi,
      scales,
      shifts: NO_SHIFT,
    }
  }
  const dims = [form.batch, form.height, form.width].map((length) => stated(emitter, length))
  emitter.input(name, 'u8', [...dims, 3])
  return lowerImage(emitter, name, form)
}

/**
 * Zero padding means zero after normalisation, which lies between two grey levels: levels are multiplied by the least power of two at
 * which a whole number is near enough to that zero, and that number is subtracted. What is left of the difference is the first
 * convolution's to add, exact but at the border, where it amounts to a tenth of a grey level at most.
 */
function lowerImage(emitter: Emitter, name: string, { scale, offset, planes }: ImageInput): Held {
  const order = planes === 'bgr' ? [2, 1, 0] : [0, 1, 2]
  const slopes = order.map((plane) => scale[plane] as number)
  const zeros = order.map((plane) => -(offset[plane] as number) / (scale[plane] as number))
  let factor = 1
  while (
    factor < 16 &&
    zeros.some((zero) => Math.abs(factor * zero - roundHalfEven(factor * zero)) > CENTRE_ERROR * factor)
  )
    factor *= 2
  const centres = zeros.map((zero) => roundHalfEven(factor * zero))
  const real = emitter.cast(name, 'f32', `${name}/real`)
  const scaled = factor === 1 ? real : emitter.node('Mul', [real, emitter.f32(factor)], {}, `${name}/scaled`)
  const centred = emitter.node('Sub', [scaled, emitter.f32(centres)], {}, `${name}/centred`)
  const image = emitter.node('Transpose', [centred], { perm: ints([0, 3, 1, 2]) }, `${name}/planes`)
  const scales = Float64Array.from(slopes, (slope) => slope / factor)
  return {
    name: image,
    type: 'f32',
    lo: -Math.max(...centres),
    hi: 255 * factor - Math.min(...centres),
    scales,
    shifts: scales.map((step, c) => ((centres[c] as number) - factor * (zeros[c] as number)) * step),
  }
}

function stated(emitter: Emitter, length: InputLength): number | string {
  if (typeof length === 'number') return length
  emitter.dimension(length.name, length)
  return length.name
}

/** The same graph for an image whose planes lie as red, green, blue: the first convolutions' weights change places. */
export function turnPlanes(graph: FloatGraph, input: string): FloatGraph {
  const steps = graph.steps.map((step): Step => {
    if (!('x' in step) || step.x !== input) return step
    if (step.op !== 'conv' || step.transposed || step.group !== 1 || step.weights.dims[1] !== 3) {
      throw new UnsupportedOpError({
        ...{ node: step.node.name, op: step.node.op },
        why: 'an image with planes in the order blue, green, red is read by something else than a convolution',
      })
    }
    const { dims, data } = step.weights
    const taps = (dims[2] as number) * (dims[3] as number)
    const turned = data.map((_, i) => {
      const [o, c, t] = [Math.floor(i / (3 * taps)), Math.floor(i / taps) % 3, i % taps]
      return data[(o * 3 + 2 - c) * taps + t] as number
    })
    return { ...step, weights: { dims, data: turned } }
  })
  return { ...graph, steps }
}
