import { type BundleFile, bytesToHex, digestTree, fileDigest, type Hex } from '@stoa/protocol'
import {
  FORMULAS_FILE,
  type Formulas,
  formulaDigest,
  formulaRootPreimage,
  InvalidFormulasFileError,
} from '../formula/index.ts'

/** From a receipt's weights to a graph's formulas, as the contract takes it (contracts/src/types/Dispute.sol, `ModelOpening`). */
export type ModelOpening = {
  readonly files: readonly Hex[]
  readonly place: bigint
  readonly formulasFile: Hex
  readonly graph: Hex
}

/** Opens the weights of a model: its bundle's files, and the contents of `formulas.bin` among them. */
export function modelOpening(files: readonly BundleFile[], formulasFile: Uint8Array, formulas: Formulas): ModelOpening {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const place = sorted.findIndex(({ path }) => path === FORMULAS_FILE)
  if (place < 0) throw new InvalidFormulasFileError('the bundle has none')
  return {
    files: sorted.map((file) => bytesToHex(fileDigest(file))),
    place: BigInt(place),
    formulasFile: bytesToHex(formulasFile),
    graph: bytesToHex(formulaRootPreimage(headsOf(formulas))),
  }
}

const headsOf = ({ entries, inputs, outputs }: Formulas) => ({
  formulas: entries.map(({ bytes }) => bytes),
  inputs,
  outputs,
})

/** The tree over a graph's formulas. */
export const formulaTree = ({ entries }: Formulas) => digestTree(entries.map(({ bytes }) => formulaDigest(bytes)))
