import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Tensor, tensorOf } from '@stoa/protocol'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type OnnxModel, type OnnxNode, type OnnxTensor, writeOnnxModel } from '../../onnx/index.ts'
import type { Model } from '../model.ts'
import { type ModelProcessOptions, openModelInProcess } from './openModelInProcess.ts'

const value = (name: string, type: 'f32' | 'i32' | 'i64', dims: (number | string)[]) => ({ name, type, dims })
const node = (op: string, inputs: string[], output: string): OnnxNode => ({
  ...{ name: output, op, domain: '', inputs, outputs: [output], attributes: new Map() },
})
const graph = (own: Pick<OnnxModel, 'inputs' | 'outputs' | 'nodes'>, initializers: [string, OnnxTensor][] = []) =>
  writeOnnxModel({ opset: 17, metadata: new Map(), initializers: new Map(initializers), ...own })

/** Elements of 64 GiB of floats. */
const HUGE = 1n << 34n
const LIMITS = { memoryMb: 1_024, openMs: 120_000, runMs: 60_000 }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'))
})
afterAll(() => rm(folder, { recursive: true }))
let opened: Model[] = []
afterEach(async () => {
  await Promise.all(opened.map((model) => model.close()))
  opened = []
})

async function open(bytes: Uint8Array, options: ModelProcessOptions = {}): Promise<Model> {
  const path = join(folder, `${Math.random()}.onnx`)
  await writeFile(path, bytes)
  const parameters = { task: 'graph', files: { 'model.onnx': path }, threads: 1 } as const
  const model = await openModelInProcess(parameters, { ...LIMITS, ...options })
  opened.push(model)
  return model
}

/** The largest of `x`, repeated to a shape that the request chooses. */
const repeat = graph({
  inputs: [value('x', 'f32', [1]), value('shape', 'i64', ['n'])],
  outputs: [value('y', 'f32', [])],
  nodes: [
    node('Expand', ['x', 'shape'], 'all'),
    { ...node('ReduceMax', ['all'], 'y'), attributes: new Map([['keepdims', { kind: 'int', value: 0 }]]) },
  ],
})
const repeated = (x: number, ...shape: bigint[]): Tensor[] => [
  tensorOf('x', 'f32', [1], Float32Array.of(x)),
  tensorOf('shape', 'i64', [shape.length], BigInt64Array.from(shape)),
]
const floatOf = ([y]: readonly Tensor[]) => new Float32Array(Uint8Array.from(y?.data ?? []).buffer)[0]

test('a file that was cut is refused', async () => {
  for (const bytes of [repeat.subarray(0, repeat.length >> 1), repeat.subarray(0, 3), new Uint8Array(64).fill(0xff)])
    await expect(open(bytes)).rejects.toMatchObject({ code: 'INVALID_MODEL' })
})

// Elsewhere the system does not bound a process's memory.
test.runIf(process.platform === 'linux')('a graph that allocates 64 GiB whatever it is asked ends alone', async () => {
  const bytes = graph(
    {
      inputs: [value('x', 'f32', [1])],
      outputs: [value('y', 'f32', [1])],
      nodes: [
        node('ConstantOfShape', ['shape'], 'all'),
        { ...node('ReduceMax', ['all'], 'most'), attributes: new Map([['keepdims', { kind: 'int', value: 0 }]]) },
        node('Add', ['x', 'most'], 'y'),
      ],
    },
    [['shape', { type: 'i64', dims: [1], data: BigInt64Array.of(HUGE) }]],
  )
  // ONNX Runtime tries to compute what does not depend on the request while it opens, and, where it can't, again in every run.
  const answer = open(bytes).then((model) => model.run([tensorOf('x', 'f32', [1], Float32Array.of(1))]))
  await expect(answer).rejects.toThrow()
})

test.runIf(process.platform === 'linux')(
  'a request that has a graph allocate 64 GiB fails, and the next is answered',
  async () => {
    const model = await open(repeat)
    await expect(model.run(repeated(2, HUGE))).rejects.toThrow()
    expect(floatOf(await model.run(repeated(3, 4n)))).toBe(3)
  },
)

test('a graph that computes for minutes is killed in its time, and the next request is answered', async () => {
  const products = Array.from({ length: 128 }, (_, i) => node('MatMul', [`m${i}`, 'm0'], `m${i + 1}`))
  const bytes = graph({
    inputs: [value('x', 'f32', [1]), value('shape', 'i64', [2])],
    outputs: [value('m128', 'f32', ['n', 'm'])],
    nodes: [node('Expand', ['x', 'shape'], 'm0'), ...products],
  })
  const model = await open(bytes, { runMs: 10_000 })
  const [endless, next] = [model.run(repeated(0, 4_096n, 4_096n)), model.run(repeated(1, 1n, 1n))]
  await expect(endless).rejects.toMatchObject({ name: 'ModelTooLongError', code: 'MODEL_TOO_LONG', retry: false })
  expect(floatOf(await next)).toBe(1)
})

// −2^31 / −1 is no 32-bit number: x86 raises an exception, on which the system ends the process. So any request to an honest graph that divides integers could.
test.runIf(process.arch === 'x64')(
  'a request that crashes the runtime ends one process, and the next has another',
  async () => {
    const bytes = graph({
      inputs: [value('a', 'i32', ['n']), value('b', 'i32', ['n'])],
      outputs: [value('y', 'i32', ['n'])],
      nodes: [node('Div', ['a', 'b'], 'y')],
    })
    const model = await open(bytes)
    const divide = (a: number, b: number) =>
      model.run([tensorOf('a', 'i32', [1], Int32Array.of(a)), tensorOf('b', 'i32', [1], Int32Array.of(b))])
    const [crash, next] = [divide(-(2 ** 31), -1), divide(12, 4)]
    await expect(crash).rejects.toMatchObject({
      ...{ name: 'ModelCrashedError', code: 'MODEL_CRASHED', retry: true, details: 'It was ended by SIGFPE.' },
    })
    expect((await next)[0]?.data[0]).toBe(3)
  },
)
