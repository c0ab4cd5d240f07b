import type { WriteClient } from '../../clients.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { type MoveCallParameters, moveCall } from './disputeCalls.ts'

export type PlayMoveParameters = MoveCallParameters

/** Sends a move or a proof of a dispute. What the contract refuses throws `ContractRevertError` before anything is spent. */
export async function playMove(client: WriteClient, parameters: PlayMoveParameters): Promise<WriteResult> {
  return writeResult(await sendCall(client, parameters.deployment.chainId, moveCall(parameters)))
}
