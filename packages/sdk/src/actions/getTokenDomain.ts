import type { Address } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { getEip712Domain, readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import type { Deployment } from '../deployment.ts'
import { translated } from '../errors/translateError.ts'

export type GetTokenDomainParameters = { deployment: Pick<Deployment, 'token' | 'chainId'> }

export type TokenDomain = { name: string; version: string; chainId: number; verifyingContract: Address }

/** The EIP-712 domain of the deployment's token: from EIP-5267 where it has that, from its name and version, as dollars of older date, otherwise. */
export async function getTokenDomain(
  client: ReadClient,
  { deployment: { token, chainId } }: GetTokenDomainParameters,
): Promise<TokenDomain> {
  try {
    const { name, version } = (await getEip712Domain(client, { address: token })).domain
    return { name, version, chainId, verifyingContract: token }
  } catch {
    const contract = { address: token, abi: stoaUsdAbi } as const
    const [name, version] = await translated(
      Promise.all([
        readContract(client, { ...contract, functionName: 'name' }),
        readContract(client, { ...contract, functionName: 'version' }),
      ]),
    )
    return { name, version, chainId, verifyingContract: token }
  }
}
