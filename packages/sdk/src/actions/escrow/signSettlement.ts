import type { Address, Hex } from '@stoa/protocol'
import { DOMAIN_NAME, DOMAIN_VERSION } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { type AbiFunction, encodeAbiParameters, getAbiItem, keccak256 } from 'viem'
import { signTypedData } from 'viem/actions'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { UnexpectedAnswerError } from '../../errors/chainErrors.ts'
import { encodeBatch, type SettlementClaim } from './settlement.ts'

export type SignSettlementParameters = {
  deployment: Deployment
  provider: Address
  claims: readonly SettlementClaim[]
}

/** 65-byte signature. */
export type SignSettlementReturnType = Hex

/**
 * Signs a batch as the provider or one of its settlers, so that anyone can send it (`settleFor`): EIP-712
 * `Settlement(address provider,bytes32 batch)`. Nothing is sent.
 */
export async function signSettlement(
  client: WriteClient,
  parameters: SignSettlementParameters,
): Promise<SignSettlementReturnType> {
  const { deployment, provider, claims } = parameters
  const { inputs }: AbiFunction = getAbiItem({ abi: escrowAbi, name: 'settle' })
  const batchType = inputs[1]
  if (!batchType) throw new UnexpectedAnswerError('the ABI of settle has no batch')
  const batch = keccak256(encodeAbiParameters([batchType], [encodeBatch(claims)]))
  return signTypedData(client, {
    account: client.account,
    domain: {
      name: DOMAIN_NAME,
      version: DOMAIN_VERSION,
      chainId: deployment.chainId,
      verifyingContract: deployment.escrow,
    },
    types: {
      Settlement: [
        { name: 'provider', type: 'address' },
        { name: 'batch', type: 'bytes32' },
      ],
    },
    primaryType: 'Settlement',
    message: { provider, batch },
  })
}
