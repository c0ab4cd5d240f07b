import { bytesToHex, digestTree, type Hex, sha256 } from '@stoa/protocol'
import { u8, u32 } from './expression/fields.ts'

/** First bytes of the two preimages (specs/digests.md). */
const TAG = { formulas: 0x07, formula: 0x08 } as const
const VERSION = 1

/** What formulas commit to besides themselves. */
export type FormulaHeads = {
  /** Bytes of every formula, in the order of the trace. */
  readonly formulas: readonly Uint8Array[]
  readonly inputs: number
  /** The entry that each output is. */
  readonly outputs: readonly number[]
}

export const formulaDigest = (formula: Uint8Array): Uint8Array => sha256(Uint8Array.of(TAG.formula), formula)

/** What a model's weights commit to about one graph (specs/formulas.md, "What is committed"). */
export const formulaRoot = (heads: FormulaHeads): Hex => bytesToHex(sha256(formulaRootPreimage(heads)))

/** The bytes that the root is the hash of: a contract is shown them. */
export function formulaRootPreimage({ formulas, inputs, outputs }: FormulaHeads): Uint8Array {
  const { root } = digestTree(formulas.map(formulaDigest))
  const counts = [...u32.write(formulas.length), ...u8.write(inputs), ...u8.write(outputs.length)]
  return Uint8Array.of(TAG.formulas, VERSION, ...counts, ...outputs.flatMap(u32.write), ...root)
}
