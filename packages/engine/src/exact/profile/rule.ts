import type { OnnxNode } from '../../onnx/model.ts'
import type { ExactType, Value } from '../value.ts'
import type { Bounds, BoundsMemory } from './boundsMemory.ts'
import { InvalidExactModelError } from './errors.ts'
import { type Facts, isCarried, type StoredType } from './facts.ts'
import { type Interval, misfit } from './interval.ts'
import type { WeightSums } from './weightSums.ts'

/** What is proved of a node's outputs from what is known of its inputs; throws where the profile does not allow the node. */
export type Rule = (node: NodeContext) => readonly Facts[]

/** A node together with the facts of its inputs, and the ways to read both that refuse with the node's place. */
export class NodeContext {
  readonly node: OnnxNode
  readonly sums: WeightSums
  readonly #memory: BoundsMemory
  readonly #inputs: readonly (Facts | undefined)[]
  readonly #read = new Set<string>()
  readonly #taken = new Set<number>()

  constructor(
    node: OnnxNode,
    inputs: readonly (Facts | undefined)[],
    { sums, memory }: { sums: WeightSums; memory: BoundsMemory },
  ) {
    this.node = node
    this.sums = sums
    this.#memory = memory
    this.#inputs = inputs
  }

  /** Bounds that follow from those of the inputs and from nothing else but the node itself: proved once. One for each node. */
  proved(prove: () => Bounds): Bounds {
    return this.#memory.of(this.node, this.#inputs, prove)
  }

  refuse(why: string): never {
    throw new InvalidExactModelError(why, this.node)
  }

  optional(index: number): Facts | undefined {
    this.#taken.add(index)
    return this.#inputs[index]
  }

  input(index: number): Facts {
    return this.optional(index) ?? this.refuse(`input ${index} is missing`)
  }

  get inputs(): readonly Facts[] {
    return this.#inputs.map((_, i) => this.input(i))
  }

  /** An input whose unit is 1. */
  carried(index: number): Facts {
    const facts = this.input(index)
    return isCarried(facts) ? facts : this.refuse(`input ${index} has the unit 2^${facts.unit}; round it first`)
  }

  /** An input whose unit is 1, or any constant: elements that are not computed on may be of any unit. */
  movable(index: number): Facts {
    return this.input(index).known ? this.input(index) : this.carried(index)
  }

  /** An input that follows from constants and lengths. */
  known(index: number): Value {
    return this.input(index).known ?? this.refuse(`input ${index} must be constant`)
  }

  /** A constant input of one element. */
  scalar(index: number): number {
    const { data } = this.known(index)
    return data.length === 1 ? Number(data[0]) : this.refuse(`input ${index} must be one number`)
  }

  /** A constant input's elements, in order. */
  integers(index: number): number[] {
    return Array.from(this.known(index).data as ArrayLike<number | bigint>, Number)
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#attribute(name)
    if (!attribute) return otherwise
    return attribute.kind === 'int' ? attribute.value : this.refuse(`attribute ${name} is no integer`)
  }

  float(name: string, otherwise: number): number {
    const attribute = this.#attribute(name)
    if (!attribute) return otherwise
    return attribute.kind === 'float' ? attribute.value : this.refuse(`attribute ${name} is no float`)
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#attribute(name)
    if (!attribute) return otherwise
    return attribute.kind === 'text' ? attribute.value : this.refuse(`attribute ${name} is no text`)
  }

  ints(name: string, otherwise: readonly number[]): readonly number[] {
    const attribute = this.#attribute(name)
    if (!attribute) return otherwise
    return attribute.kind === 'ints' ? attribute.value : this.refuse(`attribute ${name} is no list of integers`)
  }

  tensor(name: string): Value | undefined {
    const attribute = this.#attribute(name)
    if (!attribute) return undefined
    return attribute.kind === 'tensor' ? (attribute.value as Value) : this.refuse(`attribute ${name} is no tensor`)
  }

  /** Refuses attributes and inputs that the rule did not look at: they would mean something else than what was proved. */
  finish(): void {
    this.#inputs.forEach((own, i) => {
      if (own && !this.#taken.has(i)) this.refuse(`input ${i} is not part of the profile`)
    })
    for (const name of this.node.attributes.keys()) {
      if (!this.#read.has(name)) this.refuse(`attribute ${name} is not part of the profile`)
    }
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    const front = axis < 0 ? axis + rank : axis
    return Number.isInteger(front) && front >= 0 && front < rank
      ? front
      : this.refuse(`there is no axis ${axis} of ${rank}`)
  }

  types(facts: Facts, ...allowed: readonly ExactType[]): void {
    if (!allowed.includes(facts.type)) this.refuse(`${facts.type} is not among ${allowed.join(', ')}`)
  }

  /**
   * Refuses 64-bit integers that need more than 32 bits, for operators that choose the larger of two: ONNX Runtime 1.30.0 on x86-64 (Eigen without
   * SSE4.2) compares the lower halves as if they had a sign, and takes 2^31 for less than 0 (seen for Clip, Max, Min and ReduceMax).
   */
  ordered(...operands: readonly Facts[]): void {
    for (const { type, lo, hi } of operands) {
      if (type === 'i64' && (lo < -(2 ** 31) || hi >= 2 ** 31))
        this.refuse(`chooses among i64 of ${lo} to ${hi}; these must be within 32 bits, or f64`)
    }
  }

  /** Facts without channels, checked to fit the type. `peak` bounds what is met on the way to them. */
  uniform(
    type: ExactType,
    dims: readonly number[],
    { unit, lo, hi, reach }: Interval,
    options: { stored?: StoredType; peak?: number } = {},
  ): Facts {
    const why = misfit(type, { unit, lo, hi, reach }, options.peak)
    if (why) this.refuse(why)
    return { type, dims, unit, lo, hi, reach, stored: options.stored ?? DEFAULT_STORED[type] }
  }

  #attribute(name: string) {
    this.#read.add(name)
    return this.node.attributes.get(name)
  }
}

/** The stored type of a tensor that nothing narrows. */
export const DEFAULT_STORED: Readonly<Record<ExactType, StoredType>> = {
  ...{ u8: 'u8', bool: 'u8', i8: 'i8', i32: 'i32', f32: 'i32', i64: 'i64', f64: 'i64' },
} as const
