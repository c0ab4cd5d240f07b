import { elementsOf } from '../../exact/value.ts'
import type {
  ElementArray,
  ElementType,
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from '../../onnx/model.ts'

/** The attributes of a node, in the order in which the file gets them. */
export type Attributes = Readonly<Record<string, OnnxAttribute>>

export const int = (value: number): OnnxAttribute => ({ kind: 'int', value })
export const ints = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value })
export const float = (value: number): OnnxAttribute => ({ kind: 'float', value: Math.fround(value) })
export const text = (value: string): OnnxAttribute => ({ kind: 'text', value })

/** Lengths that a named dimension of an input may have: `min`, `min + step`, … up to `max`. */
export type Lengths = { readonly min: number; readonly max: number; readonly step: number }

/** The one operator set of the exact profile (specs/exact-inference.md). */
const OPSET = 18

/**
 * Collects the nodes and constants of an exact graph. Names are made here: `hint` is the wish, a number keeps them apart. Equal
 * constants are stored once. Nothing is checked: `loadExactGraph` is the judge of what comes out.
 */
export class Emitter {
  readonly #inputs: OnnxValue[] = []
  readonly #outputs: OnnxValue[] = []
  readonly #nodes: OnnxNode[] = []
  readonly #initializers = new Map<string, OnnxTensor>()
  readonly #constants = new Map<string, string[]>()
  readonly #names = new Set<string>()
  readonly #metadata = new Map<string, string>([['stoa.profile', 'exact/1']])

  /** An input of the graph; `range` is needed for i32 and i64. Returns its name, which is kept as it is. */
  input(name: string, type: ElementType, dims: OnnxValue['dims'], range?: { lo: number; hi: number }): string {
    this.#names.add(name)
    this.#inputs.push({ name, type, dims })
    if (range) this.#metadata.set(`stoa.range.${name}`, `${range.lo}..${range.hi}`)
    return name
  }

  /** States which lengths a named dimension of the inputs may have. */
  dimension(symbol: string, { min, max, step }: Lengths): void {
    this.#metadata.set(`stoa.dim.${symbol}`, `${min}..${max}/${step}`)
  }

  /** Adds an operation with one output and returns the output's name. '' among the inputs is one left out. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, hint: string = op): string {
    const output = this.#name(hint)
    this.#push(op, inputs, [output], attributes)
    return output
  }

  /** Adds an operation with `count` outputs and returns their names. */
  nodes(op: string, inputs: readonly string[], attributes: Attributes, count: number, hint: string = op): string[] {
    const outputs = Array.from({ length: count }, () => this.#name(hint))
    this.#push(op, inputs, outputs, attributes)
    return outputs
  }

  /** Name of a constant tensor; one with the same type, shape and bytes is not stored again. */
  constant(tensor: OnnxTensor, hint = 'constant'): string {
    if (tensor.data.length !== elementsOf(tensor.dims)) {
      throw new RangeError(`A constant of shape [${tensor.dims}] was given ${tensor.data.length} elements.`)
    }
    const key = `${tensor.type}/${tensor.dims.join('x')}/${fingerprint(bytesOf(tensor))}`
    const alike = this.#constants.get(key) ?? []
    const known = alike.find((name) => sameBytes(this.#initializers.get(name), tensor))
    if (known !== undefined) return known
    const name = this.#name(hint)
    this.#initializers.set(name, tensor)
    this.#constants.set(key, [...alike, name])
    return name
  }

  /** A float32 constant: a number is a scalar, an array a vector where `dims` does not say otherwise. */
  f32(values: number | ArrayLike<number>, dims?: readonly number[], hint?: string): string {
    const data = typeof values === 'number' ? Float32Array.of(values) : Float32Array.from(values)
    return this.constant({ type: 'f32', dims: dims ?? shapeOf(values), data }, hint)
  }

  /** A float64 constant. */
  f64(values: number | ArrayLike<number>, dims?: readonly number[], hint?: string): string {
    const data = typeof values === 'number' ? Float64Array.of(values) : Float64Array.from(values)
    return this.constant({ type: 'f64', dims: dims ?? shapeOf(values), data }, hint)
  }

  /** An int32 constant. */
  i32(values: number | ArrayLike<number>, dims?: readonly number[], hint?: string): string {
    const data = typeof values === 'number' ? Int32Array.of(values) : Int32Array.from(values)
    return this.constant({ type: 'i32', dims: dims ?? shapeOf(values), data }, hint)
  }

  /** An int64 constant, as shapes and axes are given. */
  i64(values: number | ArrayLike<number>, dims?: readonly number[], hint?: string): string {
    const data = BigInt64Array.from(typeof values === 'number' ? [values] : Array.from(values), BigInt)
    return this.constant({ type: 'i64', dims: dims ?? shapeOf(values), data }, hint)
  }

  /** `Cast` to another type. */
  cast(input: string, type: keyof typeof CAST_TO, hint = 'cast'): string {
    return this.node('Cast', [input], { to: int(CAST_TO[type]) }, hint)
  }

  /** Makes a tensor an output of the graph under a name of its own. */
  output(tensor: string, name: string, type: ElementType, dims?: OnnxValue['dims']): void {
    if (this.#names.has(name)) throw new RangeError(`Two tensors of the exact graph would be called "${name}".`)
    this.#names.add(name)
    this.#push('Identity', [tensor], [name], {})
    this.#outputs.push({ name, type, dims })
  }

  /** The graph as far as it was described. */
  model(): OnnxModel {
    return {
      opset: OPSET,
      metadata: new Map(this.#metadata),
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      initializers: new Map(this.#initializers),
      nodes: [...this.#nodes],
    }
  }

  #push(op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): void {
    const [name = ''] = outputs
    this.#nodes.push({ op, name, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) })
  }

  #name(hint: string): string {
    let name = hint
    for (let n = 1; this.#names.has(name); n++) name = `${hint}_${n}`
    this.#names.add(name)
    return name
  }
}

/** Codes of `TensorProto.DataType` for the types of the profile. */
const CAST_TO = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, bool: 9, f64: 11 } as const

const shapeOf = (values: number | ArrayLike<number>): number[] => (typeof values === 'number' ? [] : [values.length])

const bytesOf = ({ data }: { data: ElementArray[ElementType] }): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

function sameBytes(a: OnnxTensor | undefined, b: OnnxTensor): boolean {
  return a !== undefined && Buffer.compare(bytesOf(a), bytesOf(b)) === 0
}

/** Bytes of a constant that its fingerprint is of: enough to tell most apart, few beside those of a large table of weights. */
const SAMPLED = 4_096

/** 32 bits of FNV-1a over bytes spread evenly, which only narrow down which constants to compare. */
function fingerprint(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  // An odd step: the bytes of numbers of one width are all looked at.
  const step = Math.ceil(bytes.length / SAMPLED) | 1
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  return hash >>> 0
}
