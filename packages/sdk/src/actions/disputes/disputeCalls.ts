import { bytesToHex, type Hex, type Receipt } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { type Abi, concat, encodeFunctionData } from 'viem'
import type { Deployment } from '../../deployment.ts'
import type { Call } from '../../sendCall.ts'
import { arbiterOf } from './arbiterOf.ts'
import { encodeEvidence, type OpenedEvidence } from './encodeEvidence.ts'
import { encodePageProof, encodePageRun, type OpenedPageProof, type OpenedPageRun } from './encodePage.ts'
import type { GameCall, GameState } from './gameState.ts'
import type { PlayedGame } from './readGame.ts'

/** What a seller signed, and its signature: 64 bytes, EIP-2098. */
export type Signed = { deployment: Deployment; receipt: Receipt; signature: Uint8Array }

/** Which stage of an answer of a composed task, and what its contract needs to derive it (specs/dispute.md, "Stages"). */
export type OpenedStage = { place: bigint; opening: Hex }

/** The transaction that opens a game: about a stage of the answer where its task is composed. The arbiter must have been allowed to take the bond. */
export function challengeCall({ deployment, receipt, signature, stage }: Signed & { stage?: OpenedStage }): Call {
  const [abi, signed] = [graphArbiterAbi, [receipt, bytesToHex(signature)] as const]
  const data = stage
    ? encodeFunctionData({ abi, functionName: 'challengeStage', args: [...signed, stage.place, stage.opening] })
    : encodeFunctionData({ abi, functionName: 'challenge', args: signed })
  return { to: arbiterOf(deployment), data }
}

/** The transaction that convicts, without a game or bond, whose receipt names other weights than its offer's model version has. */
export const proveWeightsCall = ({ deployment, receipt, signature }: Signed): Call => ({
  to: arbiterOf(deployment),
  data: encodeFunctionData({
    abi: graphArbiterAbi,
    functionName: 'proveWeights',
    args: [receipt, bytesToHex(signature)],
  }),
})

/** The transaction that convicts, without a game or bond, whose response is none that its task allows; `opening` shows it (specs/dispute.md, "Stages"). */
export const proveMalformedCall = ({ deployment, receipt, signature, opening }: Signed & { opening: Hex }): Call => ({
  to: arbiterOf(deployment),
  data: encodeFunctionData({
    abi: graphArbiterAbi,
    functionName: 'proveMalformed',
    args: [receipt, bytesToHex(signature), opening],
  }),
})

export type MoveCallParameters = {
  deployment: Deployment
  game: bigint
  /** As the last event showed it. */
  state: GameState
  move: GameCall
  /** What the contract takes after game and state, but for the evidence of an exhibit, which is encoded here. */
  args: readonly unknown[]
}

/** The transaction of a move or a proof. */
export const moveCall = ({ deployment, game, state, move, args }: MoveCallParameters): Call => ({
  to: arbiterOf(deployment),
  data: encodeFunctionData({
    abi: graphArbiterAbi as Abi,
    functionName: move,
    args: [game, state, ...args.map((arg, i) => encoded(move, arg, i))],
  }),
})

/** The transaction that convicts a seller whose clock has run out. Of a game about a stage the stage follows the signature. */
export function proveSilenceCall({ deployment, receipt, signature, played }: Signed & { played: PlayedGame }): Call {
  const { game, state, stage } = played
  const words = stage ? concat([stage.stage.graph, stage.stage.requestDigest, stage.stage.responseDigest]) : '0x'
  return moveCall({
    ...{ deployment, game, state, move: 'proveSilence' },
    args: [receipt, concat([bytesToHex(signature), words])],
  })
}

/** Where a move has what its task's contract alone reads: behind receipt and signature, and the run's place. */
const [PROOF, RUN] = [2, 3]

function encoded(move: GameCall, arg: unknown, place: number): unknown {
  if (move === 'proveStep' && place === PROOF) return encodePageProof(arg as OpenedPageProof)
  if (move === 'enter' && place === RUN) return encodePageRun(arg as OpenedPageRun)
  if (typeof arg !== 'object' || arg === null || !('evidence' in arg)) return arg
  return { ...arg, evidence: encodeEvidence(arg.evidence as OpenedEvidence) }
}
