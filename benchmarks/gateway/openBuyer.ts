import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { type Address, bytesToHex, domainSeparator, encodeVoucherHeader, type Hex, voucherDigest } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { createChainClient, depositWithAuthorization, signDepositAuthorization } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import type { RunningEconomy } from './startEconomy.ts'

/** A buyer without a gateway: signs vouchers by itself. */
export type Buyer = {
  payer: Address
  /** The header for the next call on a lane, the first by default, which may cost `ceiling` wei more than all before it there. */
  nextVoucher(ceiling: bigint, lane?: bigint): string
}

/** A fresh account with a deposit of 10 token units and a session key. */
export async function openBuyer({ rpcUrl, deployment }: RunningEconomy, offerId: Hex): Promise<Buyer> {
  const { chainId, escrow } = deployment
  const faucet = createChainClient({
    rpcUrl,
    chainId,
    account: privateKeyToAccount(DEVELOPMENT_KEYS[0]),
    pollingInterval: 50,
  })
  const account = privateKeyToAccount(bytesToHex(randomBytes(32)))
  const sessionKey = randomBytes(32)
  const secp256k1 = await loadSecp256k1()
  const amount = 10_000_000n
  await fundAccount(faucet, { deployment, to: account.address, usd: amount })
  const signer = createChainClient({ rpcUrl, chainId, account })
  const key = secp256k1.addressOf(sessionKey)
  const authorization = await signDepositAuthorization(signer, { deployment, key, amount })
  await depositWithAuthorization(faucet, { deployment, authorization })

  const payer = account.address.toLowerCase() as Address
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  const reached = new Map<bigint, bigint>()
  return {
    payer,
    nextVoucher(ceiling, lane = 1n) {
      const maxCumulative = (reached.get(lane) ?? 0n) + ceiling
      reached.set(lane, maxCumulative)
      const validUntil = Math.floor(Date.now() / 1000) + 43_200
      const voucher = { payer, offerId, lane, maxCumulative, validUntil }
      const signature = secp256k1.sign(voucherDigest(separator, voucher), sessionKey)
      return encodeVoucherHeader({ ...voucher, chainId, escrow, signature })
    },
  }
}
