import { writeOnnxModel } from '@stoa/engine/onnx'
import { createGateway, type GatewayParameters, type StoaGateway } from '@stoa/gateway'
import { tensorOf } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const MODEL = 'capacity/slow'
/** Calls that the node lets wait, and that one payer sends at once. */
const [QUEUE, GREEDY] = [24, 60]

let ground: Ground
const gateways: StoaGateway[] = []
beforeAll(async () => {
  ground = await openGround()
})
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()))
  await ground?.close()
})

/** y = x after a million numbers were worked on a few times: some tens of milliseconds of honest arithmetic. */
function slow(): Uint8Array {
  const node = (op: string, inputs: string[], output: string) => ({
    ...{ name: output, op, domain: '', inputs, outputs: [output], attributes: new Map() },
  })
  const ROUNDS = 12
  const names = Array.from({ length: ROUNDS }, (_, i) => `r${i}`)
  const value = (name: string) => ({ name, type: 'f32' as const, dims: [1] })
  return writeOnnxModel({
    ...{ opset: 17, metadata: new Map(), inputs: [value('x')], outputs: [value('y')] },
    initializers: new Map([
      ['side', { type: 'i64', dims: [2], data: BigInt64Array.of(1_000n, 1_000n) }],
      ['zero', { type: 'f32', dims: [1], data: Float32Array.of(0) }],
      ['one', { type: 'i64', dims: [1], data: BigInt64Array.of(1n) }],
    ] as const),
    nodes: [
      node('Expand', ['x', 'side'], 'r'),
      ...names.map((name, i) => node('Sin', [i === 0 ? 'r' : (names[i - 1] ?? 'r')], name)),
      node('ReduceMax', [names.at(-1) ?? 'r'], 'most'),
      node('Reshape', ['most', 'one'], 'flat'),
      node('Mul', ['flat', 'zero'], 'nothing'),
      node('Add', ['x', 'nothing'], 'y'),
    ],
  })
}

test('one payer with a queue full of calls does not keep another’s few waiting behind them; who is refused is charged nothing', async () => {
  const modelId = await ground.publish({ name: MODEL, task: 'graph' }, { 'model.onnx': slow() })
  await ground.provide([{ modelId, unit: 'call', price: 10_000_000n, exposure: 100_000n }], {
    limits: { maxQueue: QUEUE },
  })
  const open = async (timeouts: NonNullable<GatewayParameters['timeouts']> = {}) => {
    const { rpcUrl, deployment } = ground
    const gateway = await createGateway({
      ...{ rpcUrl, deployment, timeouts },
      folder: ground.folder(),
      ...(await ground.payer(10n ** 6n)),
    })
    gateways.push(gateway)
    return gateway
  }
  // The greedy one does not wait for its turn where the seller is full: it is to be refused.
  const [greedy, modest] = [await open({ turn: 0 }), await open()]
  const order: string[] = []
  const call = async (gateway: StoaGateway, name: string, x: number) => {
    const request = [tensorOf('x', 'f32', [1], Float32Array.of(x))]
    try {
      await gateway.infer({ model: MODEL, request })
      order.push(name)
    } catch (error) {
      order.push(`${name} refused`)
      expect(error).toMatchObject({ retry: true })
    }
  }
  await call(modest, 'before', 0)
  const calls = Array.from({ length: GREEDY }, (_, i) => call(greedy, 'greedy', i))
  // Its queue is full, and it works.
  while (!order.includes('greedy')) await new Promise((resolve) => setTimeout(resolve, 5))
  const came = order.length
  for (let i = 0; i < 3; i++) await call(modest, 'modest', i)
  const since = order.slice(came)
  await Promise.all(calls)

  expect(since.filter((each) => each === 'modest')).toHaveLength(3)
  // Each of its calls comes after those that were begun, and one more: in turn, even the first would come after all that wait.
  expect(since.filter((each) => each === 'greedy').length).toBeLessThan(QUEUE - 4)
  const answered = order.filter((each) => each === 'greedy').length
  // A buyer that is refused leaves the seller alone for a while: how many more it gets in depends on the moment.
  expect(answered).toBeGreaterThan(since.filter((each) => each === 'greedy').length)
  expect(order).toContain('greedy refused')
  expect(greedy.receipts({ limit: 100 }).receipts).toHaveLength(answered)
  expect(greedy.status().lanes).toMatchObject({ doubt: 0, retired: 0 })
})
