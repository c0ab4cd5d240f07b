import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeReceiptHeader } from '@stoa/protocol'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, startMarket } from '../../e2e/gateway/market.ts'

const run = promisify(execFile)
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

let market: Market
beforeAll(async () => {
  market = await startMarket()
})
afterAll(() => market?.close())

test('the stock client buys an embedding from a real node with nothing but a key that holds dollars', async () => {
  const { url } = await market.provide({ ocr: 2_000n, embedding: 20_000n })
  const key = generatePrivateKey()
  await market.fund(privateKeyToAddress(key), 1_000n)
  const env = { ...process.env, KEY: key, LOCAL: '1' }
  const infer = `${url}/v2/models/stoa%2Fembed-en/infer`
  const { stdout } = await run(process.execPath, [path('buy.ts'), infer, path('request.json')], { env })
  expect(stdout).toContain('embedding: FP32 [1,512]')
  // Five tokens at 20,000 wei a million, rounded up.
  expect(stdout).toMatch(/paid 1 in 0x[0-9a-f]{64}/)
  const [, receipt = ''] = /receipt (\S+)/.exec(stdout) ?? []
  expect(decodeReceiptHeader(receipt)).toMatchObject({ charge: 1n, units: 5n })
})
