import { expect, test } from 'vitest'
import { encodeModule, MAX_PAGES } from './encodeModule.ts'
import { FunctionBuilder } from './functionBuilder.ts'

/** Writes the sum of the whole numbers below its second parameter to the address that is its first. */
function sumBelow(): FunctionBuilder {
  const f = new FunctionBuilder(2)
  const [address = f.local('i32'), end = f.local('i32')] = f.parameters
  const [index, sum] = [f.local('i32'), f.local('i32')]
  f.for(index, 0, end, 1, () => f.add(sum, index))
  f.if(
    sum,
    () => f.storeI32(address, sum),
    () => f.storeI32(address, -1),
  )
  return f
}

test.each([false, true])('makes modules that run, on a memory that is shared: %s', (shared) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared })
  const module = new WebAssembly.Module(encodeModule([{ name: 'sumBelow', body: sumBelow() }], shared))
  const { exports } = new WebAssembly.Instance(module, { stoa: { memory } })
  const run = exports.sumBelow as (address: number, end: number) => void
  const results = [0, 1, 2, 100].map((end) => {
    run(8, end)
    return new Int32Array(memory.buffer)[2]
  })
  expect(results).toEqual([-1, -1, 1, 4950])
})

test('makes modules that bring data', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES })
  const data = [200, 4].map((at) => ({ at, bytes: Uint8Array.of(at, 7) }))
  new WebAssembly.Instance(new WebAssembly.Module(encodeModule([], false, data)), { stoa: { memory } })
  const found = new Uint8Array(memory.buffer)
  expect([...found.subarray(3, 7), ...found.subarray(199, 203)]).toEqual([0, 4, 7, 0, 0, 200, 7, 0])
})
