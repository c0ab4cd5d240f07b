import { decodeReceiptHeader, RECEIPT_HEADER } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNode } from '../../createNode.ts'
import { divideGraph } from '../../testing/divideGraph.ts'
import { refusal } from '../../testing/shop.ts'
import { calling, openX402Shop, PRICE, type X402Shop } from '../../testing/x402Shop.ts'

let shop: X402Shop
let url: string
let node: Awaited<ReturnType<typeof createNode>>

beforeAll(async () => {
  shop = await openX402Shop()
  const { modelId } = await shop.market.publish(
    { 'model.onnx': divideGraph() },
    { card: { name: 'any/divide', task: 'graph' } },
  )
  const offers = [await shop.offer({ modelId }), await shop.offer({ modelId, price: PRICE * 2_000_000n })]
  node = await createNode({ ...shop.parametersOf(offers[0] ?? '0x'), offers: offers.map((offerId) => ({ offerId })) })
  ;({ url } = await node.listen({ host: '127.0.0.1', port: 0 }))
})
afterAll(async () => {
  await node?.close()
  await shop?.close()
})

const get = async (path: string) => {
  const response = await fetch(`${url}${path}`)
  return { status: response.status, body: await response.json() }
}
const top = { name: 'top_0', datatype: 'FP32', shape: [3], data: [1, 2, 3] }
const bottom = { name: 'bottom', datatype: 'FP32', shape: [3], data: [4, 4, 8] }

test('tells of itself and of its models', async () => {
  expect(await get('/v2')).toMatchObject({ status: 200, body: { name: 'stoa', extensions: [] } })
  expect(await get('/v2/health/live')).toEqual({ status: 200, body: { live: true } })
  expect(await get('/v2/health/ready')).toEqual({ status: 200, body: { ready: true } })
  const described = {
    ...{ name: 'any/divide', versions: ['1'] },
    inputs: ['top_0', 'bottom'].map((name) => ({ name, datatype: 'FP32', shape: [-1] })),
    outputs: [{ name: 'quotient', datatype: 'FP32', shape: [-1] }],
  }
  for (const path of ['any/divide', 'any%2Fdivide', 'any/divide/versions/1']) {
    expect(await get(`/v2/models/${path}`)).toMatchObject({ status: 200, body: described })
    expect(await get(`/v2/models/${path}/ready`)).toEqual({ status: 200, body: { name: 'any/divide', ready: true } })
  }
  for (const path of ['any/other', 'any/divide/versions/2', 'any/other/ready'])
    expect(await get(`/v2/models/${path}`)).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } })
})

test('sells any ONNX model, by whatever order the inputs come in, from the cheapest offer', async () => {
  const { fetch } = await shop.exactBuyer()
  const body = { id: 'a', inputs: [bottom, top], outputs: [{ name: 'quotient' }, { name: 'none' }] }
  const response = await fetch(`${url}/v2/models/any/divide/versions/1/infer`, calling(JSON.stringify(body)))
  expect(await response.json()).toEqual({
    ...{ model_name: 'any/divide', model_version: '1', id: 'a' },
    outputs: [{ name: 'quotient', datatype: 'FP32', shape: [3], data: [0.25, 0.5, 0.375] }],
    parameters: { cost_wei: `${PRICE}` },
  })
  expect(decodeReceiptHeader(response.headers.get(RECEIPT_HEADER) ?? '').charge).toBe(PRICE)
})

test('tells every way to pay, and charges nothing for what the model does not take', async () => {
  const at = `${url}/v2/models/any/divide/infer`
  const unpaid = await fetch(at, calling(JSON.stringify({ inputs: [top, bottom] })))
  const { accepts } = (await unpaid.json()) as { accepts: { scheme: string; amount: string }[] }
  expect(accepts.map(({ scheme, amount }) => `${scheme} ${amount}`)).toEqual([
    ...['stoa-voucher 100', 'exact 100', 'stoa-voucher 200', 'exact 200'],
  ])
  for (const body of ['{', '{}', JSON.stringify({ inputs: [{ ...top, datatype: 'BYTES' }] })])
    expect(['BAD_REQUEST', 'INVALID_TENSOR']).toContain((await refusal(await fetch(at, calling(body)))).code)
  const { fetch: buy, payer } = await shop.exactBuyer()
  const unfit = { ...bottom, shape: [2], data: [1, 2] }
  const refused = await buy(at, calling(JSON.stringify({ inputs: [top, unfit] })))
  expect((await refusal(refused)).code).toBe('BAD_REQUEST')
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n)
})
