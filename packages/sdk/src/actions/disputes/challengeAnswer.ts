import { bytesToHex, domainSeparator, receiptDigest } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import type { WriteClient } from '../../clients.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { allowBondCall } from './allowBondCall.ts'
import { arbiterOf } from './arbiterOf.ts'
import { challengeCall, type OpenedStage, type Signed } from './disputeCalls.ts'
import type { GameState } from './gameState.ts'
import { getBond } from './getBond.ts'

export type ChallengeAnswerParameters = Signed & { stage?: OpenedStage }

export type ChallengeAnswerReturnType = WriteResult & { game: bigint; state: GameState }

/** Opens a dispute about an answer (specs/dispute.md), with the bond from the client's account, after approving it if need be. */
export async function challengeAnswer(
  client: WriteClient,
  parameters: ChallengeAnswerParameters,
): Promise<ChallengeAnswerReturnType> {
  const { deployment, receipt } = parameters
  const { chainId, providerRegistry } = deployment
  const domain = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const bond = await getBond(client, { deployment, receiptDigest: bytesToHex(receiptDigest(domain, receipt)) })
  const allow = await allowBondCall(client, { deployment, bond })
  if (allow) await sendCall(client, chainId, allow)
  const mined = await sendCall(client, chainId, challengeCall(parameters))
  const contract = { address: arbiterOf(deployment), abi: graphArbiterAbi } as const
  const { game, state } = eventOf(mined, { ...contract, eventName: 'Challenged' })
  return { ...writeResult(mined), game, state }
}
