import type { Address } from '@stoa/protocol'
import type { Deployment } from '../../deployment.ts'
import { NoSmallModelsError } from '../../errors/chainErrors.ts'

/** The deployment's contract for small models. Throws `NoSmallModelsError` where there is none. */
export function smallModelsOf({ smallModels, chainId }: Deployment): Address {
  if (!smallModels) throw new NoSmallModelsError(chainId)
  return smallModels
}
