import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCourt, requestOf, sellerLyingAt } from '../exact/dispute/testing/index.ts'
import { lyingRun } from '../exact/dispute/testing/lyingRun.ts'
import { formulasOf, loadExactGraph, openWasm } from '../exact/index.ts'
import { randomFrom } from '../exact/testing/graphs/random.ts'
import type { Value } from '../exact/value.ts'
import { writeOnnxModel } from '../onnx/writeOnnxModel.ts'
import { sgdStepModel, WEIGHT_REACH } from './sgdStepModel.ts'

const [BATCH, FEATURES, CLASSES] = [16, 16, 4]
const graph = loadExactGraph(writeOnnxModel(sgdStepModel({ batch: BATCH, features: FEATURES, classes: CLASSES })))

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const start = (): Value => ({ type: 'i32', dims: [FEATURES, CLASSES], data: new Int32Array(FEATURES * CLASSES) })

/** Examples of which a class is four features that are bright. */
function batchOf(seed: number): { examples: Value; labels: Value; classes: number[] } {
  const random = randomFrom(seed)
  const classes = Array.from({ length: BATCH }, () => random.int(0, CLASSES - 1))
  const examples = classes.flatMap((own) =>
    Array.from({ length: FEATURES }, (_, i) => (i % CLASSES === own ? random.int(150, 255) : random.int(0, 90))),
  )
  const labels = classes.flatMap((own) => Array.from({ length: CLASSES }, (_, i) => (i === own ? 255 : 0)))
  return {
    classes,
    examples: { type: 'u8', dims: [BATCH, FEATURES], data: Uint8Array.from(examples) },
    labels: { type: 'u8', dims: [BATCH, CLASSES], data: Uint8Array.from(labels) },
  }
}

const dot = (a: (i: number) => number, b: (i: number) => number, length: number): number =>
  Array.from({ length }, (_, i) => a(i) * b(i)).reduce((sum, term) => sum + term, 0)
/** To the nearest, of two the even one, as ONNX rounds. */
function even(x: number): number {
  const low = Math.floor(x)
  return x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0) ? low + 1 : low
}
const clip = (x: number, lo: number, hi: number): number => Math.min(hi, Math.max(lo, x))

/** The step again, as the page says it. */
function stepLiterally(w: ArrayLike<number>, v: ArrayLike<number>, x: ArrayLike<number>, y: ArrayLike<number>) {
  const at = (of: ArrayLike<number>, i: number) => of[i] ?? Number.NaN
  const errors = Array.from({ length: BATCH * CLASSES }, (_, k) => {
    const [b, c] = [Math.floor(k / CLASSES), k % CLASSES]
    const score = dot(
      (i) => at(x, b * FEATURES + i),
      (i) => at(w, i * CLASSES + c),
      FEATURES,
    )
    return clip(even(score / 256), 0, 255) - at(y, k)
  })
  const velocity = Array.from({ length: FEATURES * CLASSES }, (_, k) => {
    const [f, c] = [Math.floor(k / CLASSES), k % CLASSES]
    const gradient = dot(
      (b) => at(x, b * FEATURES + f),
      (b) => at(errors, b * CLASSES + c),
      BATCH,
    )
    return clip(even((at(v, k) * 7) / 8) + even(gradient / 2 ** 14), -WEIGHT_REACH, WEIGHT_REACH)
  })
  return { velocity, weights: velocity.map((own, k) => clip(at(w, k) - own, -WEIGHT_REACH, WEIGHT_REACH)) }
}

test('learns, and every step is the one that the page describes', async () => {
  const executor = await openWasm(graph)
  try {
    let [weights, velocity] = [start(), start()]
    for (let step = 0; step < 60; step++) {
      const { examples, labels } = batchOf(step)
      const made = await executor.run(new Map(Object.entries({ weights, velocity, examples, labels })))
      const [w, v] = [made.get('weights_after'), made.get('velocity_after')]
      if (!w || !v) throw new Error('the step has no outputs')
      const numbers = [weights, velocity, examples, labels].map(({ data }) =>
        Array.from<number | bigint, number>(data, Number),
      )
      const [w0 = [], v0 = [], x = [], y = []] = numbers
      const literally = stepLiterally(w0, v0, x, y)
      expect([[...w.data], [...v.data]]).toEqual([literally.weights, literally.velocity])
      ;[weights, velocity] = [w, v]
    }
    const { examples, classes } = batchOf(1_000)
    const right = classes.filter((own, b) => {
      const scores = Array.from({ length: CLASSES }, (_, c) =>
        dot(
          (i) => Number(examples.data[b * FEATURES + i]),
          (i) => Number(weights.data[i * CLASSES + c]),
          FEATURES,
        ),
      )
      return scores.indexOf(Math.max(...scores)) === own
    })
    expect(right.length).toBe(BATCH)
  } finally {
    await executor.close()
  }
})

test('a seller that is wrong by one bit in one updated weight is convicted', async () => {
  const { examples, labels } = batchOf(7)
  const simulation = {
    graph,
    formulas: formulasOf(graph),
    inputs: new Map<string, Value>(Object.entries({ weights: start(), velocity: start(), examples, labels })),
  }
  const truth = lyingRun(graph, simulation.inputs)
  // An output is an entry of its own: the lie is one of the step's very last result.
  const entry = simulation.formulas.outputs[0]
  if (entry === undefined) throw new Error('the graph has no outputs')
  for (const seed of [1, 2, 3]) {
    const { element: _, ...seller } = sellerLyingAt({ simulation, truth, entry }, seed)
    expect(await court.play({ ...simulation, ...seller, request: requestOf(simulation) })).toMatchObject({
      convicted: true,
    })
  }
  // And one who is wrong within the step: any tensor of it.
  for (const [i, { index }] of truth.entries.entries()) {
    const { element: _, ...seller } = sellerLyingAt({ simulation, truth, entry: index }, 100 + i)
    expect(await court.play({ ...simulation, ...seller, request: requestOf(simulation) })).toMatchObject({
      convicted: true,
    })
  }
})
