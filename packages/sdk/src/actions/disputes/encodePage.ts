import type { Hex } from '@stoa/protocol'
import { graphArbiterAbi, pageStepsAbi } from '@stoa/protocol/abi'
import { type ContractFunctionArgs, encodeAbiParameters, getAbiItem } from 'viem'

type Evidence = ContractFunctionArgs<typeof pageStepsAbi, 'view', 'shapeOf'>[2]
type Model = ContractFunctionArgs<typeof graphArbiterAbi, 'nonpayable', 'proveCount'>[4]

/** Entries of a page's trace by their digests (contracts/src/types/Page.sol, `PageRun`). */
export type OpenedPageRun = { digests: readonly Hex[]; paths: readonly (readonly Hex[])[] }

/** A proof about a page (contracts/src/types/Page.sol, `PageProof`). */
export type OpenedPageProof = {
  ground: number
  entry: bigint
  element: bigint
  own: Evidence['tensors'][number]
  evidence: Evidence
  list: OpenedPageRun
  model: Model
}

const [, , EVIDENCE] = getAbiItem({ abi: pageStepsAbi, name: 'shapeOf' }).inputs
const [, , , TENSORS] = EVIDENCE.components
const [, , , , MODEL] = getAbiItem({ abi: graphArbiterAbi, name: 'proveCount' }).inputs
const RUN = {
  name: 'list',
  type: 'tuple',
  components: [
    { name: 'digests', type: 'bytes32[]' },
    { name: 'paths', type: 'bytes32[][]' },
  ],
} as const
const PROOF = {
  name: 'proof',
  type: 'tuple',
  components: [
    { name: 'ground', type: 'uint8' },
    { name: 'entry', type: 'uint256' },
    { name: 'element', type: 'uint256' },
    { name: 'own', type: 'tuple', components: TENSORS.components },
    EVIDENCE,
    RUN,
    { ...MODEL, name: 'model' },
  ],
} as const

/** A proof about a page as the arbiter hands it on unread. */
export const encodePageProof = (proof: OpenedPageProof): Hex => encodeAbiParameters([PROOF], [proof])

/** A graph's run among a page's steps, as `enter` names it. */
export const encodePageRun = (run: OpenedPageRun): Hex => encodeAbiParameters([RUN], [run])

/** What a challenge of an answer of the task "ocr" opens: the request's tensor by its header and the root over its data. */
export const encodePageOpening = (header: Hex, dataRoot: Hex): Hex =>
  encodeAbiParameters([{ type: 'bytes' }, { type: 'bytes32' }], [header, dataRoot])
