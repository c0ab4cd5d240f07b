import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { decodeReceiptHeader, tensorOf, tensorToJson } from '@stoa/protocol'
import { decodePaymentResponseHeader } from '@x402/core/http'
import type { Browser } from 'playwright-core'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ground, openGround } from '../../ground/openGround.ts'
import { openBrowser } from '../browser.ts'

let ground: Ground
let browser: Browser
let site: Server
let page: string
let node: Awaited<ReturnType<Ground['provide']>>
const graph = smallNet()

beforeAll(async () => {
  ground = await openGround()
  const modelId = await ground.publish(
    { name: 'small/graph', task: 'graph', profile: 'exact/1' },
    { 'model.onnx': graph.bytes },
  )
  node = await ground.provide([{ modelId, unit: 'call', price: 100_000_000n }])
  const script = await bundle()
  site = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript
        ? script
        : '<!doctype html><title>A stranger’s page</title><script type="module" src="/page.js"></script>',
    )
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  page = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  site?.close()
  await ground?.close()
})

async function bundle(): Promise<string> {
  const built = await build({
    ...{ configFile: false, logLevel: 'error' },
    build: { write: false, rolldownOptions: { input: fileURLToPath(new URL('page.ts', import.meta.url)) } },
  })
  const [first] = Array.isArray(built) ? built : [built]
  const chunk = first && 'output' in first ? first.output.find((each) => each.type === 'chunk') : undefined
  if (chunk?.type !== 'chunk') throw new Error('nothing was built')
  return chunk.code
}

test('a web page of another origin buys from a node with the stock x402 client, and reads what it paid and the receipt', async () => {
  const inputs = smallNetInputs(1, 8)
  const tensors = graph.model.inputs.map(({ name }) => {
    const value = inputs.get(name)
    if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
    return tensorOf(name, 'u8', value.dims, value.data)
  })
  const body = JSON.stringify({ inputs: tensors.map(tensorToJson) })
  const key = generatePrivateKey()
  await ground.fund(privateKeyToAddress(key), 1_000n)
  const tab = await browser.newPage()
  await tab.goto(page)
  await tab.waitForFunction(() => 'buy' in globalThis)
  const bought = await tab.evaluate(
    ([url, secret, asked]) =>
      (globalThis as unknown as { buy: (...args: unknown[]) => Promise<Bought> }).buy(url, secret, asked),
    [`${node.url}/v2/models/small%2Fgraph/infer`, key, body],
  )
  expect(bought.status).toBe(200)
  expect(bought.body.outputs).toHaveLength(graph.model.outputs.length)
  const [payment, receipt] = bought.told
  expect(decodePaymentResponseHeader(payment ?? '')).toMatchObject({ success: true, amount: '100' })
  expect(decodeReceiptHeader(receipt ?? '')).toMatchObject({ charge: 100n })
})

type Bought = { status: number; body: { outputs: unknown[] }; told: (string | null)[] }
