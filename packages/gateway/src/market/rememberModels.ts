import type { Hex } from '@stoa/protocol'
import {
  type Deployment,
  type GetModelReturnType,
  getModel,
  listChangedModels,
  type ReadClient,
  translateError,
} from '@stoa/sdk'
import { BlockNotFoundError } from 'viem'
import { getBlock } from 'viem/actions'
import { mapAtMost } from '../mapAtMost.ts'

/** Models read at once. */
const TOGETHER = 50
/** Blocks that are looked through twice: one endpoint of a chain may be as far behind another. */
const OVERLAP = 32n

/**
 * Reads models of the ledger, each once, and again only when something happened to it or its block is none of the chain's any more: a large market
 * does not cost thousands of questions every few seconds.
 */
export function rememberModels(client: ReadClient, deployment: Deployment) {
  const known = new Map<bigint, GetModelReturnType>()
  let seen: { number: bigint; hash: Hex } | undefined

  const forgetChanged = async (head: bigint): Promise<void> => {
    if (!seen) return
    const { number, hash } = seen
    const isStill = (await hashOf(client, number)) === hash
    if (!isStill) return known.clear()
    const fromBlock = number > OVERLAP ? number - OVERLAP : 0n
    for (const id of await listChangedModels(client, { deployment, fromBlock, toBlock: head })) known.delete(id)
  }

  /** The models of these ids, as the ledger has them at its head or later. Throws what `getModel` throws. */
  return async (ids: readonly bigint[]): Promise<ReadonlyMap<bigint, GetModelReturnType>> => {
    const { number, hash } = await headOf(client)
    await forgetChanged(number)
    // Not before: a failure must not make the next reading skip what happened meanwhile.
    seen = { number, hash }
    const unknown = ids.filter((id) => !known.has(id))
    await mapAtMost(TOGETHER, unknown, async (modelId) => {
      known.set(modelId, await getModel(client, { deployment, modelId }))
    })
    return known
  }
}

async function headOf(client: ReadClient): Promise<{ number: bigint; hash: Hex }> {
  try {
    return await getBlock(client)
  } catch (error) {
    throw translateError(error)
  }
}

/** Undefined where the chain has no such block. */
async function hashOf(client: ReadClient, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await getBlock(client, { blockNumber })).hash
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined
    throw translateError(error)
  }
}
