import type { Deployment, WriteClient } from '@stoa/sdk'
import { NotDeployedError, sendCall, translateError } from '@stoa/sdk'
import { concat } from 'viem'
import { getChainId, getCode } from 'viem/actions'
import { CREATE2_FACTORY, contractPlan, type DeploymentTerms, SALT } from './contractPlan.ts'
import { ensureFactory } from './ensureFactory.ts'

/**
 * Puts this release's contracts on the client's chain, at the addresses that `deploymentOf` computes, and returns these. What is there
 * already is left: deploying twice sends no transaction the second time.
 *
 * Throws `TokenNeededError`, `FactoryUnavailableError`, and the SDK's errors.
 */
export async function deployStoa(client: WriteClient, terms: DeploymentTerms = {}): Promise<Deployment> {
  const chainId = await getChainId(client).catch((error: unknown) => {
    throw translateError(error)
  })
  const { deployment, contracts } = contractPlan(chainId, terms)
  const codes = await Promise.all(contracts.map(({ address }) => getCode(client, { address })))
  const missing = contracts.filter((_, i) => !codes[i])
  if (missing.length > 0) await ensureFactory(client, chainId)
  for (const { name, address, initCode } of missing) {
    await sendCall(client, chainId, { to: CREATE2_FACTORY, data: concat([SALT, initCode]) })
    if (!(await getCode(client, { address }))) throw new NotDeployedError(name, address, chainId)
  }
  return deployment
}
