import type { OnnxAttribute, OnnxNode } from '../../onnx/index.ts'
import { InvalidTfjsModelError } from '../errors.ts'
import { type Facts, NOTHING } from '../graph/facts.ts'
import type { Constant, Kind, TfGraph, TfNode } from '../graph/tfGraph.ts'

type Attributes = Readonly<Record<string, OnnxAttribute>>

/** Translates one TensorFlow node: ends with `builder.result`, before it any `builder.step`. */
export type Translation = (node: TfNode, builder: GraphBuilder) => void

/** Collects the ONNX nodes and constants that a graph turns into. Tensors keep their TensorFlow names. */
export class GraphBuilder {
  readonly graph: TfGraph
  readonly nodes: OnnxNode[] = []
  readonly #used = new Map<string, Constant>()
  readonly #facts: Facts
  readonly #kinds: ReadonlyMap<string, Kind>

  constructor({ graph, facts, kinds }: { graph: TfGraph; facts: Facts; kinds: ReadonlyMap<string, Kind> }) {
    this.graph = graph
    this.#facts = facts
    this.#kinds = kinds
  }

  /** Constants that the nodes read, by name. */
  get initializers(): ReadonlyMap<string, Constant> {
    return this.#used
  }

  /** An operation on the way to the node's result; returns the name of its output. */
  step(node: TfNode, op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.#add(op, `${node.name}/${op}_${this.nodes.length}`, inputs, attributes)
  }

  /** The operation whose output is the node's. */
  result(node: TfNode, op: string, inputs: readonly string[], attributes: Attributes = {}): void {
    this.#add(op, node.name, inputs, attributes)
  }

  /** The same for an operation with `count` outputs. */
  results(node: TfNode, op: string, inputs: readonly string[], attributes: Attributes, count: number): void {
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? node.name : `${node.name}:${i}`))
    this.#add(op, node.name, inputs, attributes, outputs)
  }

  /** Name of a constant vector of integers; equal vectors are stored once. */
  ints(values: readonly number[]): string {
    return this.constant(`ints/${values.join(',')}`, {
      kind: 'int',
      dims: [values.length],
      data: Int32Array.from(values),
    })
  }

  constant(name: string, constant: Constant): string {
    this.#used.set(name, constant)
    return name
  }

  kindOf(tensor: string): Kind {
    const kind = this.#kinds.get(tensor)
    if (!kind) throw new InvalidTfjsModelError(`nothing makes "${tensor}"`)
    return kind
  }

  /** Number of axes of `tensor`, or undefined where only running the model tells. */
  rankOf(tensor: string): number | undefined {
    return (this.#facts.get(tensor) ?? NOTHING).dims?.length
  }

  #add(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: readonly string[] = [name],
  ): string {
    for (const input of inputs) {
      const constant = this.graph.constants.get(input)
      if (constant) this.#used.set(input, constant)
    }
    this.nodes.push({ op, name, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) })
    return name
  }
}
