import { bytesToHex, type Hex, hexToBytes, keccak256, type Tensor, tensorsDigest } from '@stoa/protocol'

/** A run of a graph of the model, as an answer claims it (specs/dispute.md, "Stages"). */
export type Stage = {
  /** By which `formulas.bin` names the graph. */
  readonly path: string
  readonly request: readonly Tensor[]
  readonly response: readonly Tensor[]
}

/** The stage's three words, as proofs bring them behind the receipt's signature. */
export function encodeStage({ path, request, response }: Stage): Hex {
  return concatHex(nameHash(path), tensorsDigest(request), tensorsDigest(response))
}

/** What `formulas.bin` calls graphs by, and contracts stages. */
export const nameHash = (name: string): Hex => bytesToHex(keccak256(new TextEncoder().encode(name)))

/** What stands for the folds of a game about the steps between graphs, and for those of one that went on to a graph's run, before there are any. */
export const STEPS = nameHash('steps')
export const RUN = nameHash('run')

/** What a game about a stage of a receipt's answer is about: the state's `subject`. */
export function stageSubject(receiptDigest: Hex, stage: Stage): Hex {
  const hash = bytesToHex(keccak256(hexToBytes(encodeStage(stage))))
  return bytesToHex(keccak256(hexToBytes(concatHex(receiptDigest, hash))))
}

export const concatHex = (...parts: readonly Hex[]): Hex => `0x${parts.map((part) => part.slice(2)).join('')}`
