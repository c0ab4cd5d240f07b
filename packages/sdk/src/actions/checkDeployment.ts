import { getChainId, getCode } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import type { Deployment } from '../deployment.ts'
import { NotDeployedError, WrongChainError } from '../errors/chainErrors.ts'
import { translated } from '../errors/translateError.ts'

export type CheckDeploymentParameters = { deployment: Deployment }

/**
 * Checks that the client reaches the deployment's chain and that every contract is there. Throws `ChainUnavailableError`,
 * `WrongChainError` or `NotDeployedError`; meant for the start of whatever handles money.
 */
export async function checkDeployment(client: ReadClient, { deployment }: CheckDeploymentParameters): Promise<void> {
  const { chainId, ...contracts } = deployment
  const actual = await translated(getChainId(client))
  if (actual !== chainId) throw new WrongChainError(actual, chainId)
  await Promise.all(
    Object.entries(contracts).map(async ([name, address]) => {
      if (address && !(await translated(getCode(client, { address }))))
        throw new NotDeployedError(name, address, chainId)
    }),
  )
}
