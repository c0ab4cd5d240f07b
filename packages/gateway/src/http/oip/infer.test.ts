import { tensorOf, valuesOf } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoaGateway } from '../../gateway.ts'
import { openShop } from '../../testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
let gateway: StoaGateway

beforeAll(async () => {
  shop = await openShop()
  const { provider } = await shop.sellGraph('test/double', 7_000_000n)
  provider.behave({
    answer: ([x]) => {
      const doubled = x ? Int32Array.from(valuesOf(x, 'u8'), (value) => 2 * value) : new Int32Array()
      return [tensorOf('y', 'i32', [doubled.length], doubled), tensorOf('z', 'u8', [], Uint8Array.of(9))]
    },
  })
  await shop.sell('test/embed', 1_000_000n)
  ;({ gateway } = await shop.gateway())
})
afterAll(() => shop.close())

async function infer(model: string, body: object) {
  const response = await gateway.app.request(`/v2/models/${model}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
const x = {
  name: 'x',
  shape: [2, 2],
  datatype: 'UINT8',
  data: [
    [1, 2],
    [3, 250],
  ],
}

test('tensors in, tensors out, with what was paid', async () => {
  expect(await infer('test/double', { id: '42', inputs: [x] })).toMatchObject({
    status: 200,
    body: {
      ...{ model_name: 'test/double', model_version: '1', id: '42' },
      outputs: [
        { name: 'y', shape: [4], datatype: 'INT32', data: [2, 4, 6, 500] },
        { name: 'z', shape: [], datatype: 'UINT8', data: [9] },
      ],
      parameters: { cost_wei: '7' },
      stoa: { receipt: { charge: '7', units: '1' } },
    },
  })
})

test('only the outputs that are asked for', async () => {
  const { body } = await infer('test/double', { inputs: [x], outputs: [{ name: 'z' }, { name: 'q' }] })
  expect(body.outputs).toEqual([{ name: 'z', shape: [], datatype: 'UINT8', data: [9] }])
})

test.each([
  ['elements that do not fit', 'test/double', { inputs: [{ ...x, data: [1] }] }, 'INVALID_REQUEST'],
  ['a model that takes no tensors', 'test/embed', { inputs: [x] }, 'WRONG_TASK'],
  ['no inputs', 'test/double', {}, 'INVALID_REQUEST'],
])('refuses %s', async (_, model, body, code) => {
  const refused = await infer(model, body)
  expect(refused.status).toBe(400)
  expect(refused.body.error.code).toBe(code.toLowerCase())
})
