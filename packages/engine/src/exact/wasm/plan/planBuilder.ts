import type { OnnxNode } from '../../../onnx/model.ts'
import type { BoundGraph, Facts } from '../../profile/index.ts'
import { type ExactType, elementsOf, type Value } from '../../value.ts'
import { type CopyKernel, copyKernel, copyWords } from '../kernels/copy.ts'
import { type Kernel, SLACK_BYTES } from '../kernels/kernel.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import { type Buffer, denseStrides, type Home, isDense, naturalOrder, type Order, type View } from './view.ts'
import type { WeightStore } from './weightStore.ts'

/** A parameter of a kernel: a number, or an address, which is known once the arena has its place. */
export type Word = number | { readonly home: Home; readonly bytes: number }

/** One call of a kernel, whose units may be shared among threads. */
export type Step = {
  readonly kernel: Kernel
  readonly words: readonly Word[]
  readonly units: number
  readonly unitCost: number
}

/** A tensor to show once `after` steps are done. */
export type Show = { readonly after: number; readonly name: string; readonly view: View }

/** Collects what is to be done for a bound graph: steps, the memory that they need, and constants that hang on the graph's lengths. */
export class PlanBuilder {
  readonly bound: BoundGraph
  readonly weights: WeightStore
  readonly views = new Map<string, View>()
  readonly steps: Step[] = []
  readonly shows: Show[] = []
  readonly buffers: Buffer[] = []
  readonly #image: Uint8Array[] = []
  readonly #placed = new Map<string, Home>()
  #imageBytes = 0

  constructor(bound: BoundGraph, weights: WeightStore) {
    this.bound = bound
    this.weights = weights
  }

  facts(name: string): Facts {
    const found = this.bound.facts.get(name)
    if (!found) throw new TypeError(`nothing is known of the tensor "${name}"`)
    return found
  }

  constant(name: string): Value | undefined {
    return this.bound.constants.get(name)
  }

  /** Whole numbers of a constant; undefined where the input is left out. */
  numbers(name: string | undefined): number[] | undefined {
    const value = name ? this.constant(name) : undefined
    return value && Array.from(value.data, Number)
  }

  /** A tensor where it lies: made by an earlier step, or a constant. */
  view(name: string): View {
    const found = this.views.get(name)
    if (found) return found
    const value = this.constant(name)
    if (!value) throw new TypeError(`nothing makes the tensor "${name}"`)
    const home = this.place(
      name,
      'plain',
      () => new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength),
    )
    const view = this.#dense(value.type, value.dims, naturalOrder(value.dims.length), home)
    this.views.set(name, view)
    return view
  }

  input(node: OnnxNode, index: number): View {
    const name = node.inputs[index]
    if (!name) throw new TypeError(`${node.op} lacks its input ${index}`)
    return this.view(name)
  }

  /** A constant in some form of its own: once for all plans if it does not hang on lengths, else in this plan's image. */
  place(name: string, form: string, bytes: () => Uint8Array): Home {
    const key = `${name} ${form}`
    const known = this.#placed.get(key) ?? this.weights.place(name, form, bytes) ?? this.#toImage(bytes())
    this.#placed.set(key, known)
    return known
  }

  /** Numbers for kernels to read, as i32. */
  table(words: readonly number[]): Word {
    return { home: this.#once(`table ${words.join()}`, () => new Uint8Array(Int32Array.from(words).buffer)), bytes: 0 }
  }

  /** A number as a tensor of f32. */
  number(value: number): View {
    const home = this.#once(`number ${value}`, () => new Uint8Array(Float32Array.of(value).buffer))
    return this.#dense('f32', [], [], home)
  }

  /** A zero of any type. */
  zero(type: ExactType): View {
    return this.#dense(
      type,
      [],
      [],
      this.#once('zero', () => new Uint8Array(8)),
    )
  }

  /** At least so many bytes of zeros. */
  zeros(bytes: number): Word {
    const length = 2 ** Math.ceil(Math.log2(bytes))
    return { home: this.#once(`zeros ${length}`, () => new Uint8Array(length)), bytes: 0 }
  }

  #once(key: string, bytes: () => Uint8Array): Home {
    const home = this.#placed.get(key) ?? this.#toImage(bytes())
    this.#placed.set(key, home)
    return home
  }

  #toImage(bytes: Uint8Array): Home {
    const offset = this.#imageBytes
    const padded = new Uint8Array(align(bytes.length + SLACK_BYTES))
    padded.set(bytes)
    this.#image.push(padded)
    this.#imageBytes += padded.length
    return { kind: 'image', offset }
  }

  image(): readonly Uint8Array[] {
    return this.#image
  }

  /** Memory for a tensor without gaps, made by the next step. */
  allocate(type: ExactType, dims: readonly number[], order: Order): View {
    const bytes = align(elementsOf(dims) * ELEMENT_BYTES[type] + SLACK_BYTES)
    const buffer: Buffer = { bytes, first: this.steps.length, last: this.steps.length, offset: 0 }
    this.buffers.push(buffer)
    return this.#dense(type, dims, order, { kind: 'buffer', buffer })
  }

  #dense(type: ExactType, dims: readonly number[], order: Order, home: Home): View {
    return { type, dims, strides: denseStrides(dims, order), offset: 0, home }
  }

  /** Adds a step. `unitCost` is about how many vector operations a unit takes, by which threads judge whether it is worth sharing. */
  emit(kernel: Kernel, units: number, unitCost: number, words: Readonly<Record<string, Word>>): void {
    const own = kernel.words.map((name) => {
      const word = words[name]
      if (word === undefined) throw new TypeError(`kernel ${kernel.key} lacks ${name}`)
      if (typeof word !== 'number') this.keep(word.home)
      return word
    })
    this.steps.push({ kernel, words: own, units, unitCost })
  }

  /** Keeps a tensor's memory until the next step is done. */
  keep(home: Home): void {
    if (home.kind === 'buffer') home.buffer.last = Math.max(home.buffer.last, this.steps.length)
  }

  /** Shows a tensor after the steps so far. */
  show(name: string, view: View): void {
    this.keep(view.home)
    this.shows.push({ after: this.steps.length, name, view })
  }

  /** The same tensor without gaps, its axes in `order`; copied if it does not lie so. */
  dense(view: View, order: Order = naturalOrder(view.dims.length)): View {
    if (isDense(view, order)) return view
    const copy = this.allocate(view.type, view.dims, order)
    this.copy(view, copy)
    return copy
  }

  /** Copies all elements of `from` to the same places of `to`; of length 0 along no axis. */
  copy(from: View, to: View): void {
    const axes = joinAxes(from, to)
    const inner = axes.pop() ?? { length: 1, from: 1, to: 1 }
    const bytes = ELEMENT_BYTES[from.type]
    const spec: CopyKernel = {
      elementBytes: bytes,
      outer: axes.length,
      contiguous: inner.from === 1 && inner.to === 1,
    }
    const words: Record<string, Word> = {
      input: addressOf(from),
      out: addressOf(to),
      inner: inner.length,
      innerFrom: inner.from * bytes,
      innerTo: inner.to * bytes,
    }
    for (const [dim, axis] of axes.entries()) {
      words[copyWords.dim(dim)] = axis.length
      words[copyWords.from(dim)] = axis.from * bytes
      words[copyWords.to(dim)] = axis.to * bytes
    }
    const units = axes.reduce((product, { length }) => product * length, inner.length === 0 ? 0 : 1)
    this.emit(copyKernel(spec), units, spec.contiguous ? inner.length / 4 : inner.length, words)
  }
}

type CopyAxis = { readonly length: number; readonly from: number; readonly to: number }

/** Axes of a copy from the outermost of the target to its innermost, with those joined that both sides let be one. */
function joinAxes(from: View, to: View): CopyAxis[] {
  const axes = to.dims
    .map((length, axis): CopyAxis => ({ length, from: from.strides[axis] ?? 0, to: to.strides[axis] ?? 0 }))
    .filter(({ length }) => length !== 1)
    .sort((a, b) => b.to - a.to)
  const joined: CopyAxis[] = []
  for (const axis of axes) {
    const last = joined.at(-1)
    if (last && last.from === axis.from * axis.length && last.to === axis.to * axis.length) {
      joined.splice(-1, 1, { ...axis, length: last.length * axis.length })
    } else joined.push(axis)
  }
  return joined
}

export const addressOf = ({ home, offset, type }: View): Word => ({ home, bytes: offset * ELEMENT_BYTES[type] })

/** Tensors begin at multiples of a cache line. */
export const align = (bytes: number): number => Math.ceil(bytes / 64) * 64
