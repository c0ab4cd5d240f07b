import { rmSync } from 'node:fs'
import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { createGateway, type GatewayEvent, type GatewayParameters } from '@stoa/gateway'
import { bytesToHex, encodeReceiptHeader, type Hex, tensorOf } from '@stoa/protocol'
import { getChannel } from '@stoa/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const PRICE = 100n
const USD = 10n ** 6n
/** Milliseconds until a debt counts as forgotten; ages are counted in whole seconds. */
const TIMEOUTS = { refresh: 3_600_000, forgotten: 1, settleDoubt: 0 }

let ground: Ground
let modelId: bigint
const net = smallNet()
beforeAll(async () => {
  ground = await openGround()
  modelId = await ground.publish({ name: 'small/graph', task: 'graph' }, { 'model.onnx': net.bytes })
})
afterAll(() => ground?.close())

const request = () => {
  const inputs = smallNetInputs(1, 8)
  return net.model.inputs.map(({ name }) => {
    const value = inputs.get(name)
    if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
    return tensorOf(name, 'u8', value.dims, value.data)
  })
}
const offer = () => ({ modelId, unit: 'call', price: PRICE * 1_000_000n }) as const

async function buying(account: Pick<GatewayParameters, 'payer' | 'sessionKey'>, folder = ground.folder()) {
  const events: GatewayEvent[] = []
  const { rpcUrl, deployment } = ground
  const logger = (event: GatewayEvent) => void events.push(event)
  const gateway = await createGateway({ ...account, rpcUrl, deployment, folder, timeouts: TIMEOUTS, logger })
  return {
    gateway,
    folder,
    events,
    buy: (provider: Hex) => gateway.infer({ model: 'small/graph', request: request(), provider }),
  }
}
const settledOn = async (payer: Hex, offerId: Hex, lane: bigint) =>
  (await getChannel(ground.reader, { deployment: ground.deployment, payer, offerId, lane })).settled

test('a node that lost its store settles what buyers bring back, and nothing else', async () => {
  // What was settled would not be lost.
  const [never, often] = [{ intervalSeconds: 3_600 }, { intervalSeconds: 4 }]
  const seller = await ground.provide([offer()], { settlement: never, limits: { refreshSeconds: 1 } })
  const account = await ground.payer(USD)
  const { gateway, events, buy } = await buying(account)
  const bought = [await buy(seller.provider), await buy(seller.provider), await buy(seller.provider)]
  const { receipt } = bought.at(-1) ?? {}
  if (!receipt) throw new Error('nothing was bought')
  await seller.loseStore(often)
  // A node looks at the chain once a second here.
  const heard = async () => {
    await gateway.refresh()
    return events
  }
  await expect.poll(heard).toContainEqual({ type: 'receipts-returned', provider: seller.provider, lanes: 1 })
  await expect.poll(() => settledOn(account.payer, receipt.offerId, receipt.lane), { interval: 500 }).toBe(3n * PRICE)
  await gateway.close()
})

test('what was not signed by the node, or does not fit together, is not taken up', async () => {
  const [one, two] = [await ground.provide([offer()]), await ground.provide([offer()])]
  const account = await ground.payer(USD)
  const { gateway, buy } = await buying(account)
  const [a, b] = [await buy(one.provider), await buy(two.provider)]
  const put = async (lanes: { voucher: string; receipt: string }[]) => {
    const headers = { 'content-type': 'application/json' }
    return (
      await fetch(`${one.endpoint()}/v1/lanes`, { method: 'PUT', headers, body: JSON.stringify({ lanes }) })
    ).json()
  }
  const [own, foreign] = [a, b].map(({ record, receipt }) => ({
    voucher: record.voucher,
    receipt: encodeReceiptHeader(receipt),
  }))
  if (!own || !foreign) throw new Error('two were bought')
  const dearer = encodeReceiptHeader({ ...a.receipt, chargedCumulative: a.receipt.chargedCumulative + 1n })
  expect(await put([own])).toEqual({ taken: 0, known: 1, refused: 0 })
  const wrong = [foreign, { ...own, receipt: dearer }, { ...own, voucher: foreign.voucher }]
  expect(await put(wrong)).toEqual({ taken: 0, known: 0, refused: 3 })
  expect(await put([{ voucher: 'AQ', receipt: own.receipt }])).toMatchObject({ error: { code: 'MALFORMED_MESSAGE' } })
  expect(await put([])).toMatchObject({ error: { code: 'BAD_REQUEST' } })
  await gateway.close()
})

test('a gateway that lost its store has its receipts back from its sellers, and knows what it owes', async () => {
  const seller = await ground.provide([offer()], { settlement: { intervalSeconds: 4 }, limits: { refreshSeconds: 1 } })
  const account = await ground.payer(USD)
  const first = await buying(account)
  const settled = await first.buy(seller.provider)
  await expect
    .poll(() => settledOn(account.payer, settled.receipt.offerId, settled.receipt.lane), { interval: 500 })
    .toBe(PRICE)
  const last = await first.buy(seller.provider)
  await first.gateway.refresh()
  const { available } = first.gateway.status()
  await first.gateway.close()
  rmSync(first.folder, { recursive: true })

  const { gateway, events, buy } = await buying(account)
  expect(events).toContainEqual({ type: 'lanes-recovered', asked: 1, silent: 0, receipts: 1 })
  const { receipts } = gateway.receipts()
  expect(receipts.map(({ digest }) => digest)).toEqual([last.record.digest])
  expect(receipts[0]?.receipt).toEqual(last.receipt)
  expect(gateway.status().lanes.retired).toBe(1)
  await gateway.refresh()
  expect(gateway.status().available).toBeLessThanOrEqual(available)
  // It goes on with lanes of its own.
  const next = await buy(seller.provider)
  expect(next.receipt.lane >> 32n).not.toBe(last.receipt.lane >> 32n)
  await gateway.close()
})

test('lanes are told to holders of a registered key only', async () => {
  const seller = await ground.provide([offer()])
  const account = await ground.payer(USD)
  const ask = async (signature: string, at = Math.floor(Date.now() / 1000)) => {
    const body = JSON.stringify({ payer: account.payer.toLowerCase(), at, signature })
    const answer = await fetch(`${seller.url}/v1/lanes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return ((await answer.json()) as { error: { code: string } }).error.code
  }
  expect(await ask(bytesToHex(new Uint8Array(64).fill(1)))).toBe('WRONG_SIGNER')
  expect(await ask('0x12')).toBe('BAD_REQUEST')
})
