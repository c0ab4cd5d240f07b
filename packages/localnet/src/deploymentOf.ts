import type { Deployment } from '@stoa/sdk'
import { contractPlan, type DeploymentTerms, LOCAL_CHAIN_ID } from './contractPlan.ts'

export type DeploymentOfParameters = DeploymentTerms & {
  /** 31337. */
  chainId?: number
}

/**
 * Addresses of this release's contracts, computed without a chain: they depend on code and terms alone (EIP-1014). Throws
 * `TokenNeededError` for a chain other than 31337 without a token.
 */
export function deploymentOf({ chainId = LOCAL_CHAIN_ID, ...terms }: DeploymentOfParameters = {}): Deployment {
  return contractPlan(chainId, terms).deployment
}
