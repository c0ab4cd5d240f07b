import { describe, expect, test } from 'vitest'
import { loadRuntime } from '../inference/onnx/loadRuntime.ts'
import { writeOnnxModel } from '../onnx/index.ts'
import { Emitter } from '../quantize/emit/emitter.ts'
import { UnfitExecutorError } from './errors.ts'
import { smallNet, smallNetInputs } from './onnxruntime/testing/smallNet.ts'
import { createMachineTest, openExact } from './openExact.ts'
import { openReference } from './reference/openReference.ts'
import type { Value } from './value.ts'

const graph = smallNet()
const { bytes } = graph
const inputs = smallNetInputs(1, 8)
const expected = await openReference(graph).run(inputs)
const absent = () => Promise.reject(new Error('no such package'))

async function open(options: Omit<Parameters<typeof openExact>[0], 'bytes'>) {
  const { executor, why } = await openExact({ bytes, threads: 1, ...options })
  const outputs: ReadonlyMap<string, Value> = await executor.run(inputs)
  await executor.close()
  return { kind: executor.kind, why, outputs }
}

describe('auto', () => {
  test('takes WebAssembly for products of bytes, and tests nothing', async () => {
    const machineTest = () => Promise.reject(new Error('not to be called'))
    const { executor, why } = await openExact({ bytes: byteNet(), threads: 1, machineTest })
    expect(executor.kind).toBe('wasm')
    expect(why).toBe('WebAssembly computes the model; its instructions give the same on every machine.')
    const outputs = await executor.run(new Map([['x', { type: 'u8', dims: [1, 2], data: Uint8Array.of(3, 5) }]]))
    expect(outputs.get('y')?.data).toEqual(Int32Array.of(3 * 1 + 5 * 3, 3 * 2 + 5 * 4))
    await executor.close()
  })

  test('takes ONNX Runtime for products of floats where it passes, and else WebAssembly', async () => {
    const { kind, why, outputs } = await open({})
    expect({ kind, outputs }).toEqual({ kind: 'onnxruntime', outputs: expected })
    expect(why).toMatch(/^ONNX Runtime computes the model; it passed \d+ self-tests on this machine\.$/)
    const machineTest = async () => ({ passed: false as const, why: 'Conv: element 3 is 7, must be 8' })
    expect(await open({ machineTest })).toMatchObject({
      kind: 'wasm',
      why: expect.stringContaining('ONNX Runtime does not compute exactly on this machine (Conv: element 3 is 7'),
      outputs: expected,
    })
  })

  /** Opens a graph whose longest input 4 GiB do not suffice for, and runs it on a short one. */
  async function openLong(options: Omit<Parameters<typeof openExact>[0], 'bytes'>) {
    const { executor, why } = await openExact({ bytes: longNet(), threads: 1, ...options })
    const outputs = await executor.run(new Map([['x', { type: 'u8', dims: [3], data: Uint8Array.of(1, 0, 255) }]]))
    await executor.close()
    expect(outputs.get('y')).toMatchObject({ type: 'i64', data: BigInt64Array.of(1n, 0n, 255n) })
    return { kind: executor.kind, why }
  }

  test('takes ONNX Runtime for what WebAssembly has no memory for, where it passes, and says why', async () => {
    const { kind, why } = await openLong({})
    expect(kind).toBe('onnxruntime')
    expect(why).toMatch(
      /^ONNX Runtime computes the model; it passed \d+ self-tests on this machine\. WebAssembly could not/,
    )
    expect(why).toContain('WebAssembly has not enough memory for this run')
  })

  test('takes the reference where ONNX Runtime fails, is missing or breaks', async () => {
    const machineTest = async () => ({ passed: false as const, why: 'Conv: element 3 is 7, must be 8' })
    expect(await openLong({ machineTest })).toMatchObject({
      kind: 'reference',
      why: expect.stringContaining(
        'ONNX Runtime does not compute exactly on this machine (Conv: element 3 is 7, must be 8).',
      ),
    })
    const missing = { kind: 'reference', why: expect.stringContaining('not installed') }
    expect(await openLong({ load: absent })).toMatchObject(missing)
    const broken = () => Promise.reject(new Error('no kernel'))
    const unknown = { kind: 'reference', why: expect.stringContaining('no kernel') }
    expect(await openLong({ machineTest: broken })).toMatchObject(unknown)
  })
})

/** Two bytes times a matrix of bytes. */
function byteNet(): Uint8Array {
  const emit = new Emitter()
  const weights = emit.constant({ type: 'u8', dims: [2, 2], data: Uint8Array.of(1, 2, 3, 4) })
  emit.output(emit.node('MatMulInteger', [emit.input('x', 'u8', [1, 2]), weights]), 'y', 'i32')
  return writeOnnxModel(emit.model())
}

/** Bytes to longs, of up to 2^30 of them. */
function longNet(): Uint8Array {
  const emit = new Emitter()
  emit.dimension('n', { min: 1, max: 2 ** 30, step: 1 })
  emit.output(emit.cast(emit.input('x', 'u8', ['n']), 'i64'), 'y', 'i64')
  return writeOnnxModel(emit.model())
}

test.each(['onnxruntime', 'wasm', 'reference'] as const)('opens %s when asked to', async (executor) => {
  expect(await open({ executor })).toMatchObject({ kind: executor, outputs: expected })
})

test('refuses an executor that this machine is not fit for', async () => {
  const machineTest = async () => ({ passed: false as const, why: 'it rounds' })
  const opening = open({ executor: 'onnxruntime', machineTest })
  await expect(opening).rejects.toThrow(UnfitExecutorError)
  await expect(opening).rejects.toMatchObject({
    code: 'UNFIT_EXECUTOR',
    details: 'ONNX Runtime does not compute exactly on this machine (it rounds).',
  })
})

test('a machine is tested once for all models that share the test', async () => {
  let sessions = 0
  const installed = await loadRuntime()
  const create = (...given: Parameters<typeof installed.InferenceSession.create>) => {
    sessions++
    return installed.InferenceSession.create(...given)
  }
  const counting = { ...installed, InferenceSession: { create } } as typeof installed
  const options = { executor: 'onnxruntime', machineTest: createMachineTest(), load: async () => counting } as const
  await open(options)
  const first = sessions
  await open(options)
  // The model itself, and node by node beside it.
  expect([first > 10, sessions - first]).toEqual([true, 2])
})
