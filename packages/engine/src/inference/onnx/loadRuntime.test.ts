import { expect, test } from 'vitest'
import { MissingRuntimeError } from '../errors.ts'
import { loadRuntime } from './loadRuntime.ts'

test('loads what is installed', async () => {
  const { InferenceSession, Tensor } = await loadRuntime()
  expect([typeof InferenceSession.create, typeof Tensor]).toEqual(['function', 'function'])
})

test('says how to install what is not', async () => {
  const absent = 'onnxruntime-that-nobody-installed'
  const loading = loadRuntime(() => import(/* @vite-ignore */ absent))
  await expect(loading).rejects.toThrow(MissingRuntimeError)
  await expect(loading).rejects.toMatchObject({
    code: 'MISSING_RUNTIME',
    retry: false,
    hint: 'Install it beside @stoa/engine: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0',
  })
})
