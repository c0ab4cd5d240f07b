import { describe, expect, test } from 'vitest'
import { loadRuntime } from '../inference/onnx/loadRuntime.ts'
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
  test('takes ONNX Runtime where it passes', async () => {
    const { kind, why, outputs } = await open({})
    expect(kind).toBe('onnxruntime')
    expect(why).toMatch(/^ONNX Runtime computes the model; it passed \d+ self-tests on this machine\.$/)
    expect(outputs).toEqual(expected)
  })

  test('takes WebAssembly where ONNX Runtime fails, and says why', async () => {
    const machineTest = async () => ({ passed: false as const, why: 'Conv: element 3 is 7, must be 8' })
    const { kind, why, outputs } = await open({ machineTest })
    expect(kind).toBe('wasm')
    expect(why).toContain('ONNX Runtime does not compute exactly on this machine (Conv: element 3 is 7, must be 8).')
    expect(outputs).toEqual(expected)
  })

  test('takes WebAssembly where ONNX Runtime is missing or breaks', async () => {
    expect(await open({ load: absent })).toMatchObject({ kind: 'wasm', why: expect.stringContaining('not installed') })
    const broken = () => Promise.reject(new Error('no kernel'))
    expect(await open({ machineTest: broken })).toMatchObject({
      kind: 'wasm',
      why: expect.stringContaining('no kernel'),
    })
  })
})

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
  const options = { machineTest: createMachineTest(), load: async () => counting }
  await open(options)
  const first = sessions
  await open(options)
  // The model itself, and node by node beside it.
  expect([first > 10, sessions - first]).toEqual([true, 2])
})
