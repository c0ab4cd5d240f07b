import type { Executor } from '../../executor.ts'
import type { BoundGraph } from '../../profile/boundGraph.ts'
import { bindGraph, type ExactGraph, type Facts, type Lengths } from '../../profile/index.ts'
import { elementsOf, type Value } from '../../value.ts'
import { byteProductProbe } from './byteProductProbe.ts'
import { convProbe } from './convProbe.ts'
import { convTransposeProbe } from './convTransposeProbe.ts'
import type { SeedOf } from './machineSeed.ts'
import { matMulProbe } from './matMulProbe.ts'
import { nodeProbes } from './nodeProbe.ts'
import { firstDifference, type Probe } from './probe.ts'
import { extremes, randomFrom } from './random.ts'

/** Opens a graph in what is to be tested; `rewrite: false` computes node by node, as the file says. */
export type Opener = (graph: ExactGraph, options: { rewrite: boolean }) => Promise<Executor>

/** Tests what is to compute a graph; `executor` is the graph opened in it. */
export type SelfTest = (graph: ExactGraph, executor: Executor) => Promise<Verdict>

export type Verdict =
  | { readonly passed: true; readonly probes: number }
  | { readonly passed: false; readonly why: string }

/** Length at which the nodes of a model are tried where it leaves it open: short, for they are many, and not 1, which broadcasts. */
const TRIED_LENGTH = 2

/**
 * Makes the test that a machine must pass before it may compute a graph with fast kernels (specs/exact-inference.md, "Executors"). It tries what the graph
 * is made of: each form of convolution and product with weights that use up the proved bound and inputs that are aligned with them; every other node with
 * extremes of what was proved of its inputs; and the whole graph as rewritten beside node by node. These inputs are drawn from `seedOf` the graph. What passed once isn't
 * tried again by the same test.
 */
export function createSelfTest(open: Opener, seedOf: SeedOf): SelfTest {
  const known = new Map<string, Promise<string | undefined>>()
  return async (graph, executor) => {
    const seed = await seedOf(graph)
    const probes = probesFor(graph, seed)
    for (const [key, probe] of probes) {
      const result = known.get(key) ?? runProbe(open, probe)
      known.set(key, result)
      const why = await result
      if (why !== undefined) return { passed: false, why: `${probe.about}: ${why}` }
    }
    const why = await compareRewritten(open, graph, executor, seed)
    return why === undefined
      ? { passed: true, probes: probes.size }
      : { passed: false, why: `the graph as the runtime rewrites it: ${why}` }
  }
}

function probesFor(graph: ExactGraph, seed: number): ReadonlyMap<string, Probe> {
  const at = (choose: (lengths: Lengths) => number) => bindGraph(graph, dimsAt(graph, choose))
  const tried = at(triedLength)
  const products = [at(({ min }) => min), at(({ max }) => max)].flatMap((bound) =>
    bound.nodes.flatMap((node) => productProbe(bound, node) ?? []),
  )
  const others = tried.nodes.filter((node) => !productProbe(tried, node))
  return new Map([...products, ...nodeProbes(tried, others, seed)].map((probe) => [probe.key, probe]))
}

/** The probe of a product of its own kind; undefined for any other node. */
function productProbe(bound: BoundGraph, node: BoundGraph['nodes'][number]): Probe | undefined {
  const [a, b, ...more] = node.inputs.map((name) => bound.facts.get(name))
  if (!a || !b || elementsOf(a.dims) * elementsOf(b.dims) === 0) return undefined
  if (node.op === 'MatMulInteger' && b.dims.length === 2) return byteProductProbe(a, b, more)
  // Inputs that can only be 0 leave any weights within the bound.
  if (!b.known || (a.lo === 0 && a.hi === 0)) return undefined
  if (node.op === 'Conv') return convProbe(node, a, b)
  if (node.op === 'ConvTranspose') return convTransposeProbe(node, a, b)
  return node.op === 'MatMul' && b.dims.length === 2 ? matMulProbe(a, b) : undefined
}

async function runProbe(open: Opener, probe: Probe): Promise<string | undefined> {
  const { graph, inputs, check } = probe.make()
  return withExecutor(open, graph, true, async (executor) => check(await executor.run(inputs)))
}

/** The graph on extremes of its inputs: as the runtime has rewritten it, beside each node by itself, which the probes have tried. */
async function compareRewritten(
  open: Opener,
  graph: ExactGraph,
  executor: Executor,
  seed: number,
): Promise<string | undefined> {
  const inputs = extremeInputs(graph, bindGraph(graph, dimsAt(graph, triedLength)).facts, seed)
  const plain = await withExecutor(open, graph, false, (nodeByNode) => nodeByNode.run(inputs))
  const expected = [...plain].map(([output, { data }]) => ({ output, at: [...data.keys()], values: data }))
  return firstDifference(await executor.run(inputs), expected)
}

async function withExecutor<T>(
  open: Opener,
  graph: ExactGraph,
  rewrite: boolean,
  use: (executor: Executor) => Promise<T>,
): Promise<T> {
  const executor = await open(graph, { rewrite })
  try {
    return await use(executor)
  } finally {
    await executor.close()
  }
}

function triedLength({ min, max, step }: Lengths): number {
  return Math.min(Math.max(Math.ceil(TRIED_LENGTH / step) * step, min), max)
}

function dimsAt(graph: ExactGraph, choose: (lengths: Lengths) => number): Map<string, number[]> {
  const lengthOf = (dim: number | string | null): number => {
    if (typeof dim === 'number') return dim
    const lengths = graph.lengths.get(dim ?? '')
    return lengths ? choose(lengths) : 1
  }
  return new Map(graph.model.inputs.map(({ name, dims = [] }) => [name, dims.map(lengthOf)]))
}

function extremeInputs(graph: ExactGraph, facts: ReadonlyMap<string, Facts>, seed: number): ReadonlyMap<string, Value> {
  const random = randomFrom(seed)
  return new Map(
    graph.model.inputs.flatMap(({ name }): [string, Value][] => {
      const own = facts.get(name)
      if (!own) return []
      const { type, dims } = own
      const elements = extremes(random, elementsOf(dims), own.lo, own.hi)
      if (type === 'i64') return [[name, { type, dims, data: BigInt64Array.from(elements, BigInt) }]]
      const data =
        type === 'i32'
          ? Int32Array.from(elements)
          : type === 'i8'
            ? Int8Array.from(elements)
            : Uint8Array.from(elements)
      return [[name, { type, dims, data } as Value]]
    }),
  )
}
