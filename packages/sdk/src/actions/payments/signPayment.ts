import type { Address, Hex } from '@stoa/protocol'
import type { Account } from 'viem'
import { bytesToHex } from 'viem'
import { getBlock, signTypedData } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { AccountNeededError } from '../../errors/chainErrors.ts'
import { translated } from '../../errors/translateError.ts'
import { AUTHORIZATION } from '../authorization.ts'
import { getTokenDomain } from '../getTokenDomain.ts'
import type { DirectPayment } from './directPayment.ts'
import { getOfferAccount } from './getOfferAccount.ts'

export type SignPaymentParameters = {
  deployment: Deployment
  offerId: Hex
  /** Who pays and signs: a local account, so that the payer needs no client; the client's account. */
  account?: Account
  /** Wei. */
  amount: bigint
  /** Who is paid; the offer's account, which is asked of the chain. Anything else pays no offer. */
  to?: Address
  /** Unix second after which it can be used; 0. */
  validAfter?: bigint
  /** Unix second before which it can be used; an hour from the latest block. */
  validBefore?: bigint
  /** 32 bytes that the payer did not use before; random. */
  nonce?: Hex
}

const ONE_HOUR = 3600n
const NONCE_BYTES = 32

/** Signs a transfer to an offer (EIP-3009 `transferWithAuthorization`), so that somebody else can send it and pay the gas: `settlePayments`. The client is asked for the token's EIP-712 domain, the offer's account and the time. */
export async function signPayment(client: ReadClient, parameters: SignPaymentParameters): Promise<DirectPayment> {
  const { deployment, offerId, account = client.account, amount, validAfter = 0n } = parameters
  if (!account) throw new AccountNeededError()
  const payer = account.address
  const to = parameters.to ?? (await getOfferAccount(client, { deployment, offerId }))
  const nonce = parameters.nonce ?? bytesToHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)))
  const validBefore = parameters.validBefore ?? (await translated(getBlock(client))).timestamp + ONE_HOUR
  const signature = await signTypedData(client, {
    account,
    domain: await getTokenDomain(client, { deployment }),
    types: { TransferWithAuthorization: AUTHORIZATION },
    primaryType: 'TransferWithAuthorization',
    message: { from: payer, to, value: amount, validAfter, validBefore, nonce },
  })
  return { offerId, payer, amount, validAfter, validBefore, nonce, signature }
}
