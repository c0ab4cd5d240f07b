import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { decodeReceiptHeader, encodeTensors, RECEIPT_HEADER, tensorFromJson, tensorToJson } from '@stoa/protocol'
import { createChainClient } from '@stoa/sdk'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import type { LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JudgedShop, judgedNet, openJudgedShop } from '../testing/judgedShop.ts'
import { addressOfKey } from '../testing/localMarket.ts'
import { calling, inferUrl } from '../testing/x402Shop.ts'

let judged: JudgedShop
beforeAll(async () => {
  judged = await openJudgedShop()
  const { deployment, chain, signerKey } = judged.shop.market
  const faucet = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  await fundAccount(faucet, { deployment, to: addressOfKey(signerKey), wei: 10n ** 18n })
})
afterAll(async () => {
  await judged?.shop.closeNodes()
  await judged?.shop.close()
})

test('a receipt that was paid for directly is judged like any other: the node defends the answer and is acquitted', async () => {
  const limits = { refreshSeconds: 1, disputePollSeconds: 0.1 }
  const { url, node } = await judged.shop.open({ limits }, judged.exact)
  const { deployment } = judged.shop.market
  const payer = await judged.shop.market.account(10n ** 6n)
  const client = new x402Client()
    .register('eip155:*', new ExactEvmScheme(payer.account as LocalAccount))
    .setSpendControls({ allowedAssets: [{ network: 'eip155:31337', asset: deployment.token }] })
  const body = JSON.stringify({ inputs: judgedNet().request.map(tensorToJson) })
  const answer = await wrapFetchWithPayment(fetch, client)(inferUrl(url), calling(body))
  const { outputs } = (await answer.json()) as { outputs: Parameters<typeof tensorFromJson>[0][] }
  const receipt = decodeReceiptHeader(answer.headers.get(RECEIPT_HEADER) ?? '')
  const challenger = await judged.challenge({ receipt, response: encodeTensors(outputs.map(tensorFromJson)) })
  await expect.poll(() => challenger.move()).toBe(true)
  await expect.poll(() => node.status().disputes?.on[0]?.waitsFor).toBe('challenger')
  await judged.passTime(judged.clock + 1)
  await expect.poll(async () => (await challenger.read())?.verdict).toMatchObject({ convicted: false })
})
