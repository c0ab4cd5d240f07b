import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetSettlerParameters = {
  deployment: Deployment
  /** The zero address, or the provider itself, for nobody else. */
  settler: Address
  /** Offers open already that it settles too; none. */
  offerIds?: readonly Hex[]
}

export type SetSettlerReturnType = WriteResult

/**
 * Names who settles beside the client's account, a provider: the offers that it opens from now on, and the given ones. A settler states
 * what was charged, so a wrong one can cost the provider stake.
 */
export async function setSettler(client: WriteClient, parameters: SetSettlerParameters): Promise<SetSettlerReturnType> {
  const { deployment, settler, offerIds = [] } = parameters
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'setSettler', args: [settler, offerIds] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.escrow, data }))
}
