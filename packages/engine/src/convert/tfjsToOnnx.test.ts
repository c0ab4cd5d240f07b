import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadRuntime } from '../inference/onnx/loadRuntime.ts'
import { InvalidTfjsModelError, UnsupportedOpError } from './errors.ts'
import { openReferenceEncoder, PACKAGE_DIR, type ReferenceEncoder } from './testing/embeddingPackage.ts'
import { floats, writeSmallGraph } from './testing/smallGraph.ts'
import { tfjsToOnnx } from './tfjsToOnnx.ts'

const MODEL_JSON = JSON.parse(readFileSync(`${PACKAGE_DIR}/dist/model.json`, 'utf8'))
const SHARDS = [1, 2, 3, 4, 5, 6, 7].map((i) => readFileSync(`${PACKAGE_DIR}/dist/group1-shard${i}of7`))
const OUTPUTS = { embedding: 'module_apply_default/Encoder_en/hidden_layers/l2_normalize' }

describe('the published sentence encoder', () => {
  const onnx = tfjsToOnnx({ modelJson: MODEL_JSON, shards: SHARDS, outputs: OUTPUTS })
  let reference: ReferenceEncoder
  let encode: ReferenceEncoder

  beforeAll(async () => {
    const runtime = await loadRuntime()
    const session = await runtime.InferenceSession.create(onnx)
    reference = await openReferenceEncoder()
    encode = async (rows) => {
      const ids = rows.flat()
      const indices = rows.flatMap((row, r) => row.flatMap((_, position) => [BigInt(r), BigInt(position)]))
      const { embedding } = await session.run({
        indices: new runtime.Tensor('int64', BigInt64Array.from(indices), [ids.length, 2]),
        values: new runtime.Tensor('int64', BigInt64Array.from(ids, BigInt), [ids.length]),
      })
      return embedding?.data as Float32Array
    }
  })

  test('gives the same bytes every time', () => {
    const again = tfjsToOnnx({ modelJson: MODEL_JSON, shards: SHARDS, outputs: OUTPUTS })
    expect(sha256(again)).toBe(sha256(onnx))
    expect(sha256(onnx)).toMatchInlineSnapshot(`"4b79a7a498b887b61ad9757aa3df5a695a35912096800bb6be367676e102845d"`)
  })

  test.each([
    ['one id', [[9]]],
    ['a short row', [ids(8, 1)]],
    ['the longest row that it reads', [ids(128, 2)]],
    ['a row that it reads in part', [ids(140, 3)]],
    ['rows of one length', [ids(7, 4), ids(7, 5), ids(7, 6)]],
    ['rows of many lengths, an empty one among them', [[], ids(1, 7), ids(3, 8), ids(12, 9), ids(40, 10)]],
  ])('answers as TensorFlow.js does: %s', async (_, rows) => {
    const expected = await reference(rows)
    const answer = await encode(rows)
    expect(answer.length).toBe(rows.length * 512)
    expect(largestDifference(answer, expected)).toBeLessThan(1e-5)
  })
})

describe('bad models', () => {
  const small = writeSmallGraph({
    nodes: [{ name: 'out', op: 'Add', input: ['x', 'c'] }],
    constants: { c: floats([1, 2]) },
    feeds: { x: floats([1, 2]) },
  })
  const withNodes = (change: (nodes: Record<string, unknown>[]) => unknown) => {
    const modelJson = structuredClone(small.modelJson)
    const nodes = modelJson.modelTopology.node as unknown as Record<string, unknown>[]
    return { ...small, modelJson: { ...modelJson, modelTopology: { node: change(nodes) } } }
  }

  test('the small model is converted when nothing is wrong with it', () => {
    expect(tfjsToOnnx(small).length).toBeGreaterThan(0)
  })

  test('an operation without a translation is named, with its node', () => {
    const model = withNodes((nodes) =>
      nodes.map((node) => (node.op === 'Add' ? { ...node, op: 'FractionalMaxPool' } : node)),
    )
    expect(() => tfjsToOnnx(model)).toThrow(UnsupportedOpError)
    expect(() => tfjsToOnnx(model)).toThrowErrorMatchingInlineSnapshot(`
      [UnsupportedOpError: Operation FractionalMaxPool of node "out" can't be converted to ONNX.
      Export the model without it, or add a translation to the tables in convert/onnx/.]
    `)
    expect(catchError(() => tfjsToOnnx(model))).toMatchObject({
      code: 'UNSUPPORTED_OP',
      node: 'out',
      op: 'FractionalMaxPool',
    })
  })

  test.each([
    ['no object', { ...small, modelJson: [] }],
    ['no graph', { ...small, modelJson: { weightsManifest: [] } }],
    ['no manifest', { ...small, modelJson: { modelTopology: { node: [] } } }],
    ['a node that is none', withNodes((nodes) => [...nodes, 7])],
    ['nodes that are no list', withNodes(() => 'all of them')],
    ['an input that nothing makes', withNodes((nodes) => nodes.filter((node) => node.op !== 'Placeholder'))],
    ['an output that nothing makes', { ...small, outputs: { answer: 'nowhere' } }],
    ['a constant without weights', withNodes((nodes) => [...nodes, { name: 'd', op: 'Const' }])],
    [
      'a node without its second input',
      withNodes((nodes) => nodes.map((node) => (node.op === 'Add' ? { ...node, op: 'GatherV2', input: ['x'] } : node))),
    ],
    ['a shard too few', { ...small, shards: [] }],
    ['a shard too many', { ...small, shards: [...small.shards, new Uint8Array(4)] }],
    ['a shard cut short', { ...small, shards: small.shards.map((shard) => shard.subarray(1)) }],
    ['a shard with bytes left over', { ...small, shards: [new Uint8Array(12)] }],
  ])('%s', (_, model) => {
    expect(() => tfjsToOnnx(model)).toThrow(InvalidTfjsModelError)
  })
})

/** `count` ids below 8000, the same for every run. */
function ids(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i + 1) * 7919 + seed * 104729) % 8000)
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function catchError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
