import type { Address, Hex } from '@stoa/protocol'
import { modelRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type PublishModelParameters = {
  deployment: Deployment
  /** Who will own the model; the client's account. */
  owner?: Address
  /** SHA-256 of the card's bytes. */
  card: Hex
  /** Digest of the weights bundle. */
  weights: Hex
  /** The owner's share of serving revenue, parts per million. */
  ownerSharePpm: number
  /** ERC-2981 resale royalty, basis points, at most 5,000; 0. */
  resaleFeeBps?: number
}

export type PublishModelReturnType = WriteResult & { modelId: bigint }

/** Publishes a model with its first, active version. */
export async function publishModel(
  client: WriteClient,
  parameters: PublishModelParameters,
): Promise<PublishModelReturnType> {
  const { deployment, owner = client.account.address, card, weights, ownerSharePpm, resaleFeeBps = 0 } = parameters
  const address = deployment.modelRegistry
  const data = encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: 'publish',
    args: [owner, card, weights, ownerSharePpm, BigInt(resaleFeeBps)],
  })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { modelId } = eventOf(receipt, { address, abi: modelRegistryAbi, eventName: 'ModelPublished' })
  return { ...writeResult(receipt), modelId }
}
