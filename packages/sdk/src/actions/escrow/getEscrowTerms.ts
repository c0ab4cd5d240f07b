import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetEscrowTermsParameters = { deployment: Deployment }

/** All in seconds. */
export type GetEscrowTermsReturnType = {
  /** From announcing a withdrawal, or removing a key, to its effect. */
  withdrawalDelay: number
  /** Longest that a seller should accept a voucher to be valid. */
  maxVoucherValidity: number
  /** Longest that a lock may last from now. */
  maxLockDuration: number
}

/** Reads the times that the escrow was deployed with; they never change. */
export async function getEscrowTerms(
  client: ReadClient,
  parameters: GetEscrowTermsParameters,
): Promise<GetEscrowTermsReturnType> {
  const escrow = { address: parameters.deployment.escrow, abi: escrowAbi } as const
  const [withdrawalDelay, maxVoucherValidity, maxLockDuration] = await translated(
    Promise.all([
      readContract(client, { ...escrow, functionName: 'withdrawalDelay' }),
      readContract(client, { ...escrow, functionName: 'maxVoucherValidity' }),
      readContract(client, { ...escrow, functionName: 'maxLockDuration' }),
    ]),
  )
  return { withdrawalDelay, maxVoucherValidity, maxLockDuration }
}
