import type { Hex } from '@stoa/protocol'
import { formulasAbi } from '@stoa/protocol/abi'
import { type ContractFunctionArgs, encodeAbiParameters, getAbiItem } from 'viem'

/** What a computation reads, opened (contracts/src/interfaces/IFormulas.sol, `Evidence`). */
export type OpenedEvidence = ContractFunctionArgs<typeof formulasAbi, 'view', 'shapeOf'>[2]

const [, , EVIDENCE] = getAbiItem({ abi: formulasAbi, name: 'shapeOf' }).inputs

/** Evidence as an exhibit carries it: ABI-encoded, so that the arbiter hands it on unread. */
export const encodeEvidence = (evidence: OpenedEvidence): Hex => encodeAbiParameters([EVIDENCE], [evidence])
