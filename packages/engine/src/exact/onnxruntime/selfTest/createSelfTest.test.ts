import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter, int, ints } from '../../../quantize/emit/emitter.ts'
import type { Executor } from '../../executor.ts'
import { bindGraph, type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { randomGraph } from '../../testing/randomGraph.ts'
import type { Value } from '../../value.ts'
import { openOnnxRuntime } from '../openOnnxRuntime.ts'
import { smallNet } from '../testing/smallNet.ts'
import {
  openWith,
  saturatingPairs,
  shortOperands,
  shortSums,
  type WrongKernel,
  winograd,
} from '../testing/wrongArithmetic.ts'
import { createSelfTest, type Opener, type Verdict } from './createSelfTest.ts'
import { nodeProbes } from './nodeProbe.ts'

const onnxRuntime: Opener = (graph, { rewrite }) => openOnnxRuntime(graph, { threads: 1, rewrite })
const anySeed = async () => randomInt(2 ** 32)
const reference: Opener = async (graph) => openReference(graph)

/** Tests a graph that the same opener has opened. */
async function verdictOn(graph: ExactGraph, opener: Opener, test = createSelfTest(opener, anySeed)): Promise<Verdict> {
  const executor = await opener(graph, { rewrite: true })
  const verdict = await test(graph, executor)
  await executor.close()
  return verdict
}

/** A product in float32, as transformers have it where bytes do not do. */
function product(): ExactGraph {
  const emit = new Emitter()
  const x = emit.cast(emit.input('x', 'i8', [3, 40]), 'f32')
  const weights = Float32Array.from({ length: 40 * 24 }, (_, i) => ((i * 37) % 255) - 127)
  emit.output(emit.node('MatMul', [x, emit.f32(weights, [40, 24])]), 'y', 'f32')
  return loadExactGraph(writeOnnxModel(emit.model()))
}

/** An upsampling and what surrounds it in a detector: pooling, a gate, a nearest resize, a concatenation, integer divisions and roots. */
function assorted(): ExactGraph {
  const emit = new Emitter()
  const x = emit.cast(emit.input('x', 'u8', [1, 4, 6, 6]), 'f32')
  const weights = Float32Array.from({ length: 4 * 3 * 4 }, (_, i) => (i % 7) - 3)
  const up = emit.node('ConvTranspose', [x, emit.f32(weights, [4, 3, 2, 2])], { strides: ints([2, 2]) })
  const pooled = emit.node('MaxPool', [up], {
    kernel_shape: ints([3, 3]),
    pads: ints([1, 1, 1, 1]),
    strides: ints([2, 2]),
  })
  const sum = emit.cast(emit.node('ReduceSum', [x, emit.i64([2, 3])]), 'i64')
  const mean = emit.node('Div', [sum, emit.i64(36)])
  const inverse = emit.node('Div', [emit.i64(1), emit.node('Add', [mean, emit.i64(1)])])
  const root = emit.node('Floor', [emit.node('Sqrt', [emit.cast(emit.node('Mul', [inverse, sum]), 'f64')])])
  emit.output(emit.node('Concat', [pooled, x], { axis: int(1) }), 'all', 'f32')
  emit.output(root, 'root', 'f64')
  return loadExactGraph(writeOnnxModel(emit.model()))
}

test.each([
  ['convolutions, bytes and tables', smallNet],
  ['a float product', product],
  ['what surrounds them', assorted],
])('passes ONNX Runtime and the reference on %s', async (_, make) => {
  expect(await verdictOn(make(), reference)).toMatchObject({ passed: true })
  expect(await verdictOn(make(), onnxRuntime)).toMatchObject({ passed: true })
})

test('passes ONNX Runtime on random graphs, whatever they are made of', async () => {
  const selfTest = createSelfTest(onnxRuntime, anySeed)
  // Among them convolutions of inputs that can only be 0, and constants in very different units.
  for (const seed of [3, 76, 87, 101, 102]) {
    const graph = loadExactGraph(writeOnnxModel(randomGraph(seed).model))
    expect(await verdictOn(graph, onnxRuntime, selfTest), `graph ${seed}`).toMatchObject({ passed: true })
  }
})

describe('fails', () => {
  const wrong = async (kernel: WrongKernel, graph: ExactGraph) =>
    verdictOn(graph, async (probe) => openWith(probe, kernel))

  test.each([
    ['Winograd convolution', winograd, smallNet, 'Conv of 3 channels with weights [16, 3, 3, 3] in 1 groups'],
    ['TF32 in convolutions', shortOperands(10), smallNet, 'Conv of 3 channels'],
    ['TF32 in products', shortOperands(10), product, 'MatMul in f32'],
    ['bfloat16 accumulation', shortSums, product, 'MatMul in f32'],
    ['saturating products of bytes', saturatingPairs, smallNet, 'MatMulInteger of'],
  ] as const)('%s', async (_, kernel, make, about) => {
    const verdict = await wrong(kernel, make())
    expect(verdict.passed === false && verdict.why).toContain(about)
    expect(verdict.passed === false && verdict.why).toMatch(/element \d+ of "\w+" is -?[\d.]+, must be -?\d+$/)
  })

  test('one flipped bit in the output of any operator', async () => {
    const graph = smallNet()
    for (const op of new Set(graph.model.nodes.map((node) => node.op))) {
      const flip = flipping(op)
      const verdict = await verdictOn(graph, async (probe) => flip(probe))
      const known = ['Constant', 'Identity'].includes(op)
      if (!known) expect(verdict, op).toMatchObject({ passed: false })
    }
  })

  test('a rewrite that changes numbers', async () => {
    // Each node by itself is right; what the runtime makes of the whole is not.
    const opener: Opener = async (graph, { rewrite }) => {
      const right = openReference(graph)
      const isWhole = graph.model.nodes.length > 8
      return rewrite && isWhole ? altered(right) : right
    }
    const verdict = await verdictOn(assorted(), opener)
    expect(verdict.passed === false && verdict.why).toMatch(/^the graph as the runtime rewrites it: element 0 of "all"/)
  })
})

test('whole graphs and nodes are tried on inputs that the seed decides', async () => {
  const seen: string[] = []
  const watching: Opener = async (graph) => ({
    ...openReference(graph),
    run(inputs) {
      seen.push(JSON.stringify([...inputs], (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
      return openReference(graph).run(inputs)
    },
  })
  for (const seed of [1, 1, 2])
    await verdictOn(
      assorted(),
      watching,
      createSelfTest(watching, async () => seed),
    )
  const each = seen.length / 3
  const runs = [0, 1, 2].map((i) => seen.slice(i * each, (i + 1) * each))
  expect(runs[1]).toEqual(runs[0])
  // All but the products, which have weights of their own.
  expect(runs[2]?.filter((run, i) => run !== runs[0]?.[i]).length).toBeGreaterThan(each / 2)
})

test('the probes of many nodes take time in proportion to them', () => {
  const emit = new Emitter()
  const zero = emit.i32(0)
  let y = emit.input('x', 'i32', [1], { lo: 0, hi: 1 })
  for (let i = 0; i < 50; i++) y = emit.node('Max', [y, zero])
  emit.output(y, 'y', 'i32')
  const bound = bindGraph(loadExactGraph(writeOnnxModel(emit.model())), new Map([['x', [1]]]))
  let reads = 0
  const counted = new Proxy(bound.nodes, {
    get(nodes, property, self) {
      if (typeof property === 'string' && /^\d+$/.test(property)) reads++
      return Reflect.get(nodes, property, self)
    },
  })
  nodeProbes({ ...bound, nodes: counted }, bound.nodes, 1)
  expect(reads).toBe(bound.nodes.length)
})

test('tries what passed only once', async () => {
  let opened = 0
  const counting: Opener = (graph, options) => {
    opened++
    return reference(graph, options)
  }
  const selfTest = createSelfTest(counting, anySeed)
  await verdictOn(smallNet(), counting, selfTest)
  const first = opened
  await verdictOn(smallNet(), counting, selfTest)
  // The graph itself, and node by node.
  expect(opened).toBe(first + 2)
})

/** The lowest bit of the last element of each output of an operator, the other way. */
function flipping(op: string): (graph: ExactGraph) => Executor {
  return (graph) => {
    const isProbed = graph.model.nodes.some((node) => node.op === op)
    return isProbed ? altered(openReference(graph)) : openReference(graph)
  }
}

function altered(executor: Executor): Executor {
  return {
    ...executor,
    async run(inputs) {
      const outputs = await executor.run(inputs)
      return new Map(
        [...outputs].map(([name, value]) => {
          const data = value.data.slice()
          for (const i of [0, data.length - 1]) {
            if (data instanceof BigInt64Array) data[i] = (data[i] ?? 0n) ^ 1n
            else data[i] = (data[i] ?? 0) ^ 1
          }
          return [name, { ...value, data } as Value]
        }),
      )
    },
  }
}
