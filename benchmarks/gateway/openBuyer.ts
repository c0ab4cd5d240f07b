import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { type Address, bytesToHex, type Hex } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { createChainClient, depositWithAuthorization, signDepositAuthorization } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import type { RunningEconomy } from './startEconomy.ts'
import type { VoucherTerms } from './voucherWriter.ts'

/** A buyer without a gateway: a fresh account with a deposit of 10 token units and a session key. What it signs vouchers with, in whichever thread. */
export async function openBuyer({ rpcUrl, deployment }: RunningEconomy, offerId: Hex): Promise<VoucherTerms> {
  const { chainId, escrow } = deployment
  const faucet = createChainClient({
    rpcUrl,
    chainId,
    account: privateKeyToAccount(DEVELOPMENT_KEYS[0]),
    pollingInterval: 50,
  })
  const account = privateKeyToAccount(bytesToHex(randomBytes(32)))
  const sessionKey = new Uint8Array(randomBytes(32))
  const secp256k1 = await loadSecp256k1()
  const amount = 10_000_000n
  await fundAccount(faucet, { deployment, to: account.address, usd: amount })
  const signer = createChainClient({ rpcUrl, chainId, account })
  const key = secp256k1.addressOf(sessionKey)
  const authorization = await signDepositAuthorization(signer, { deployment, key, amount })
  await depositWithAuthorization(faucet, { deployment, authorization })
  const payer = account.address.toLowerCase() as Address
  return { payer, offerId, chainId, escrow, sessionKey }
}
