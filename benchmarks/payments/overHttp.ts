import { readFile } from 'node:fs/promises'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { createChainClient, deposit } from '@stoa/sdk'
import { stoaVoucherScheme } from '@stoa/sdk/x402'
import type { SchemeNetworkClient } from '@x402/core/types'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { RunningEconomy } from '../gateway/startEconomy.ts'
import { inTurns } from './inTurns.ts'

const REQUEST = new URL('../../examples/x402Fetch/request.json', import.meta.url)
const FUNDS = 10_000_000n

/** Calls a second that the stock x402 client buys from the node over HTTP, model included, `atOnce` at a time: by signed transfer, or by voucher. */
export async function boughtPerSecond(
  economy: RunningEconomy,
  scheme: 'exact' | 'stoa-voucher',
  { calls, atOnce }: { calls: number; atOnce: number },
): Promise<number> {
  const { rpcUrl, deployment } = economy
  const { chainId, token, escrow } = deployment
  const faucet = createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const account = privateKeyToAccount(generatePrivateKey())
  const session = privateKeyToAccount(generatePrivateKey())
  await fundAccount(faucet, { deployment, to: account.address, wei: 10n ** 18n, usd: FUNDS })
  let paying: SchemeNetworkClient = new ExactEvmScheme(account)
  if (scheme === 'stoa-voucher') {
    const payer = createChainClient({ rpcUrl, chainId, account })
    await deposit(payer, { deployment, key: session.address, amount: FUNDS })
    paying = stoaVoucherScheme({ payer: account.address, signer: session, escrow })
  }
  const network = `eip155:${chainId}` as const
  const client = new x402Client().register(network, paying)
  client.setSpendControls({ allowedAssets: [{ network, asset: token }] })
  const buy = wrapFetchWithPayment(fetch, client)
  const call = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await readFile(REQUEST, 'utf8'),
  }
  let bought = 0
  const seconds = await inTurns(calls, atOnce, async () => {
    const response = await buy(`${economy.node}/v2/models/stoa/embed-en/infer`, call)
    await response.arrayBuffer()
    if (response.ok) bought++
  })
  return bought / seconds
}
