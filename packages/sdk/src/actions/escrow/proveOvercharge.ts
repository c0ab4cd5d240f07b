import type { Receipt } from '@stoa/protocol'
import { escrowAbi, providerRegistryAbi } from '@stoa/protocol/abi'
import { bytesToHex, encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type ProveOverchargeParameters = {
  deployment: Deployment
  receipt: Receipt
  /** The seller's, 64-byte EIP-2098. */
  signature: Uint8Array
}

/** `excess`: wei settled above what the receipt says. `paid`: wei of stake that the payer received. `burned`: wei that nobody did. */
export type ProveOverchargeReturnType = WriteResult & { excess: bigint; paid: bigint; burned: bigint }

/** Proves with a seller's own receipt that it settled more than it charged (specs/receipt.md); its stake pays the payer. */
export async function proveOvercharge(
  client: WriteClient,
  parameters: ProveOverchargeParameters,
): Promise<ProveOverchargeReturnType> {
  const { deployment, receipt, signature } = parameters
  const { chainId, escrow, providerRegistry } = deployment
  const args = [receipt, bytesToHex(signature)] as const
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'proveOvercharge', args })
  const mined = await sendCall(client, chainId, { to: escrow, data })
  const { excess } = eventOf(mined, { address: escrow, abi: escrowAbi, eventName: 'OverchargeProved' })
  const slash = eventOf(mined, { address: providerRegistry, abi: providerRegistryAbi, eventName: 'Slashed' })
  return { ...writeResult(mined), excess, paid: slash.paid, burned: slash.burned }
}
