import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { bytesToHex } from '@stoa/protocol'
import { createChainClient, getTokenDomain } from '@stoa/sdk'
import type { PaymentRequirements } from '@x402/core/types'
import { toFacilitatorEvmSigner } from '@x402/evm'
import { ExactEvmScheme as ExactClient } from '@x402/evm/exact/client'
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator'
import { createWalletClient, http, nonceManager, publicActions } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { PaymentRun } from '../gateway/payInProcess.ts'
import type { RunningEconomy } from '../gateway/startEconomy.ts'
import { inTurns } from './inTurns.ts'

/**
 * The peer: x402's own client and facilitator in this process, scheme `exact`, a transaction a payment, sent with viem's managed nonces, `atOnce` at a time, warm. One that does not settle is made anew.
 */
export async function openExactRun(economy: RunningEconomy, atOnce: number): Promise<PaymentRun> {
  const { rpcUrl, deployment } = economy
  const { chainId, token } = deployment
  const faucet = createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const payer = privateKeyToAccount(generatePrivateKey())
  const sender = privateKeyToAccount(generatePrivateKey(), { nonceManager })
  await fundAccount(faucet, { deployment, to: payer.address, usd: 10_000_000n })
  await fundAccount(faucet, { deployment, to: sender.address, wei: 10n ** 18n })
  const wallet = createWalletClient({ account: sender, chain: faucet.chain, transport: http(rpcUrl) }).extend(
    publicActions,
  )
  const signer = toFacilitatorEvmSigner({ ...wallet, address: sender.address } as never)
  const facilitator = new ExactFacilitator(signer)
  const client = new ExactClient(payer)
  const { name, version } = await getTokenDomain(faucet, { deployment })
  const terms: PaymentRequirements = {
    ...{ scheme: 'exact', network: `eip155:${chainId}`, asset: token, amount: '1' },
    ...{ payTo: bytesToHex(randomBytes(20)), maxTimeoutSeconds: 600, extra: { name, version } },
  }
  const pay = async (): Promise<boolean> => {
    const payload = { ...(await client.createPaymentPayload(2, terms)), accepted: terms }
    const { isValid } = await facilitator.verify(payload, terms)
    return isValid && (await facilitator.settle(payload, terms)).success
  }
  const run = (payments: number) =>
    inTurns(payments, atOnce, async () => {
      while (!(await pay()));
    })
  await run(2 * atOnce)
  return { run, close: async () => undefined }
}
