import type { Address } from '@stoa/protocol'
import type { Deployment } from '../../deployment.ts'
import { NoArbiterError } from '../../errors/chainErrors.ts'

/** The deployment's judge. Throws `NoArbiterError` where there is none. */
export function arbiterOf({ arbiter, chainId }: Deployment): Address {
  if (!arbiter) throw new NoArbiterError(chainId)
  return arbiter
}
