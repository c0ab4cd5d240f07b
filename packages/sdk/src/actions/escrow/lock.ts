import type { Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type LockParameters = {
  deployment: Deployment
  offerId: Hex
  lane: bigint
  /** Wei to lock in addition to what is locked; 0 prolongs a lock. */
  amount: bigint
  /** Unix second at which the lock ends. */
  until: number
}

export type LockReturnType = WriteResult

/** Reserves part of the client's account for one lane, so that its seller serves beyond the offer's exposure. */
export async function lock(client: WriteClient, parameters: LockParameters): Promise<LockReturnType> {
  const { deployment, offerId, lane, amount, until } = parameters
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'lock', args: [offerId, lane, amount, until] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.escrow, data }))
}
