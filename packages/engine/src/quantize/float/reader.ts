import type { OnnxNode, OnnxTensor } from '../../onnx/model.ts'
import { UnsupportedOpError } from '../errors.ts'
import { realsOf } from './reals.ts'
import type { Reals, Step, Work } from './step.ts'

/** What is known so far while a float graph is read, and the steps that it turned into. */
export class Reader {
  readonly steps: Step[] = []
  readonly integers = new Map<string, OnnxTensor>()
  readonly #reals = new Map<string, Reals>()
  readonly #computedIntegers = new Set<string>()
  readonly #ranks = new Map<string, number>()
  readonly #aliases = new Map<string, string>()
  #stored = 0

  constructor(constants: Iterable<[string, OnnxTensor]>) {
    for (const [name, tensor] of constants) this.constant(name, tensor)
  }

  constant(name: string, tensor: OnnxTensor): void {
    const reals = realsOf(tensor)
    if (reals) this.#reals.set(name, reals)
    else this.integers.set(name, tensor)
  }

  /** Stores a constant vector of integers and returns its name. */
  storeIntegers(values: readonly number[]): string {
    const name = `integers/${this.#stored++}`
    this.integers.set(name, { type: 'i64', dims: [values.length], data: BigInt64Array.from(values, BigInt) })
    return name
  }

  setReals(name: string, reals: Reals): void {
    this.#reals.set(name, reals)
  }

  realsAt(name: string | undefined): Reals | undefined {
    return name === undefined ? undefined : this.#reals.get(name)
  }

  /** Constant integers, undefined where they are computed or real. */
  integersAt(name: string | undefined): number[] | undefined {
    const tensor = name === undefined ? undefined : this.integers.get(name)
    return tensor && Array.from(tensor.data, Number)
  }

  isConstant(name: string): boolean {
    return this.#reals.has(name) || this.integers.has(name)
  }

  /** Whether a tensor holds integers that follow from shapes and constants. */
  isInteger(name: string): boolean {
    return this.integers.has(name) || this.#computedIntegers.has(name)
  }

  /** Number of axes of a computed tensor, where it is known. */
  rankOf(name: string): number | undefined {
    return this.#ranks.get(name) ?? this.#reals.get(name)?.dims.length ?? this.integers.get(name)?.dims.length
  }

  /** Length of a vector of integers that is computed from shapes. */
  lengthOf(name: string | undefined): number | undefined {
    const step = name === undefined ? undefined : this.maker(name)
    if (step?.op !== 'integers' || step.made.op !== 'Concat') return undefined
    const lengths = step.made.inputs.map((part) => this.integers.get(part)?.dims[0] ?? this.lengthOf(part) ?? 1)
    return lengths.reduce((sum, length) => sum + length, 0)
  }

  maker(name: string): Step | undefined {
    return this.steps.find((step) => step.name === name)
  }

  /** From now on `name` is another name of `of`. */
  alias(name: string, of: string): void {
    this.#aliases.set(name, this.resolve(of))
  }

  /** The name under which a tensor was made. */
  resolve(name: string): string {
    return this.#aliases.get(name) ?? name
  }

  setRank(name: string, rank: number | undefined): void {
    if (rank !== undefined) this.#ranks.set(name, rank)
  }

  /** Adds the step that makes the node's output, or with `name` a tensor on the way to it. */
  add(node: OnnxNode, work: Work, rank: number | undefined, name: string = outputOf(node)): void {
    this.steps.push({ name, node: { name: node.name || outputOf(node), op: node.op }, ...work })
    this.setRank(name, rank)
  }

  addIntegers(node: OnnxNode): void {
    for (const output of node.outputs) this.#computedIntegers.add(output)
    this.add(node, { op: 'integers', made: node }, undefined)
  }
}

export const outputOf = (node: OnnxNode): string => node.outputs[0] ?? ''

/** Name of an input that the operator can't do without. */
export function inputOf(node: OnnxNode, at: number): string {
  const name = node.inputs[at]
  if (!name) throw unsupported(node, `input ${at} is missing`)
  return name
}

export function unsupported(node: OnnxNode, why: string): UnsupportedOpError {
  return new UnsupportedOpError({ node: node.name || outputOf(node), op: node.op, why })
}

export function intOf(node: OnnxNode, name: string, otherwise: number): number {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'int' ? attribute.value : otherwise
}

export function intsOf(node: OnnxNode, name: string, otherwise: readonly number[]): readonly number[] {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'ints' ? attribute.value : otherwise
}

export function floatOf(node: OnnxNode, name: string, otherwise: number): number {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'float' ? attribute.value : otherwise
}

export function textOf(node: OnnxNode, name: string, otherwise: string): string {
  const attribute = node.attributes.get(name)
  return attribute?.kind === 'text' ? attribute.value : otherwise
}
