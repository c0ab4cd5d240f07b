import type { Address, Hex } from '@stoa/protocol'
import { modelRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetModelParameters = { deployment: Deployment; modelId: bigint }

/** What one version of a model commits to. */
export type ModelVersion = {
  /** Counts from 1. */
  version: number
  /** SHA-256 of the card's bytes (specs/model-card.md). */
  card: Hex
  /** Digest of the weights bundle (specs/digests.md). */
  weights: Hex
  /** Unix second. */
  publishedAt: number
}

export type GetModelReturnType = {
  modelId: bigint
  owner: Address
  /** The owner's share in offers made from now on, parts per million. */
  ownerSharePpm: number
  activeVersion: number
  /** Every version, the first first. */
  versions: ModelVersion[]
}

/**
 * Reads a model with all its versions from the ModelRegistry. Throws `ContractRevertError` (`ERC721NonexistentToken`) for an unknown
 * one.
 */
export async function getModel(client: ReadClient, parameters: GetModelParameters): Promise<GetModelReturnType> {
  const { deployment, modelId } = parameters
  const registry = { address: deployment.modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const
  const [owner, ownerSharePpm, activeVersion, count] = await translated(
    Promise.all([
      readContract(client, { ...registry, functionName: 'ownerOf' }),
      readContract(client, { ...registry, functionName: 'ownerSharePpm' }),
      readContract(client, { ...registry, functionName: 'activeVersion' }),
      readContract(client, { ...registry, functionName: 'versionCount' }),
    ]),
  )
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  const versions = await translated(
    Promise.all(
      numbers.map(async (version): Promise<ModelVersion> => {
        const query = { ...registry, functionName: 'getVersion', args: [modelId, version] } as const
        return { version, ...(await readContract(client, query)) }
      }),
    ),
  )
  return { modelId, owner, ownerSharePpm, activeVersion, versions }
}
