import type { Address, Hex } from '@stoa/protocol'
import type { Account } from 'viem'
import { bytesToHex, encodeAbiParameters, keccak256, pad, zeroAddress } from 'viem'
import { getBlock, signTypedData } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { AccountNeededError } from '../../errors/chainErrors.ts'
import { translated } from '../../errors/translateError.ts'
import { AUTHORIZATION } from '../authorization.ts'
import { getTokenDomain } from '../getTokenDomain.ts'

/** A payer's permission to deposit for it, and to register a key; anyone may send it (`depositWithAuthorization`). */
export type DepositAuthorization = {
  payer: Address
  /** Session key to register; the zero address for none. */
  key: Address
  amount: bigint
  /** Unix seconds between which, both exclusive, it can be used. */
  validAfter: bigint
  validBefore: bigint
  salt: Hex
  /** The payer's, over EIP-3009 `ReceiveWithAuthorization`. */
  signature: Hex
}

export type SignDepositAuthorizationParameters = {
  deployment: Deployment
  /** Whose deposit it is and who signs: a local account, so that the payer needs no client; the client's account. */
  account?: Account
  /** Session key to register; none. */
  key?: Address
  /** Wei. */
  amount: bigint
  /** An hour from the latest block. */
  validBefore?: bigint
  /** 32 bytes that were not used before with this key; random. */
  salt?: Hex
}

export type SignDepositAuthorizationReturnType = DepositAuthorization

const ONE_HOUR = 3600n

/** Enough for never meeting one twice under the same payer and key; each further byte costs 12 gas. */
const SALT_BYTES = 8

/**
 * Signs a deposit (EIP-3009 `receiveWithAuthorization`), so that somebody else can send it and pay the gas. The nonce binds payer, key and
 * escrow: whoever sends it can change nothing. The client is asked for the token's EIP-712 domain and the time.
 */
export async function signDepositAuthorization(
  client: ReadClient,
  parameters: SignDepositAuthorizationParameters,
): Promise<SignDepositAuthorizationReturnType> {
  const { deployment, account = client.account, key = zeroAddress, amount } = parameters
  if (!account) throw new AccountNeededError()
  const payer = account.address
  const salt = parameters.salt ?? pad(bytesToHex(crypto.getRandomValues(new Uint8Array(SALT_BYTES))), { size: 32 })
  const validBefore = parameters.validBefore ?? (await translated(getBlock(client))).timestamp + ONE_HOUR
  const nonce = authorizationNonce({ payer, key, salt, escrow: deployment.escrow })
  const signature = await signTypedData(client, {
    account,
    domain: await getTokenDomain(client, { deployment }),
    types: { ReceiveWithAuthorization: AUTHORIZATION },
    primaryType: 'ReceiveWithAuthorization',
    message: { from: payer, to: deployment.escrow, value: amount, validAfter: 0n, validBefore, nonce },
  })
  return { payer, key, amount, validAfter: 0n, validBefore, salt, signature }
}

type Binding = { payer: Address; key: Address; salt: Hex; escrow: Address }

/** The escrow's `authorizationNonce`: keccak256(abi.encode(payer, key, salt, escrow)). */
function authorizationNonce({ payer, key, salt, escrow }: Binding): Hex {
  const types = [{ type: 'address' }, { type: 'address' }, { type: 'bytes32' }, { type: 'address' }] as const
  return keccak256(encodeAbiParameters(types, [payer, key, salt, escrow]))
}
