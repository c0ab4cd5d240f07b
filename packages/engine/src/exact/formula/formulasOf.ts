import type { Hex } from '@stoa/protocol'
import { bindGraph, type ExactGraph, endDims } from '../profile/index.ts'
import { type CompiledEntry, compileGraph } from './compile/compileGraph.ts'
import { Constants } from './compile/constants.ts'
import { decodeFormula } from './decodeFormula.ts'
import { NoFormulasError } from './errors.ts'
import { formulaRoot } from './formulaRoot.ts'
import type { Formula } from './types.ts'

/** The formulas of an exact graph, one for each entry of its traces, and what its weights commit to. */
export type Formulas = {
  /** With the name that the entry's tensor has in the graph. */
  readonly entries: readonly (Formula & { readonly tensor: string })[]
  /** How many inputs the graph has. */
  readonly inputs: number
  /** The entry that each output of the graph is. */
  readonly outputs: readonly number[]
  readonly root: Hex
  /** Bytes that the root of a constant in these formulas is of. */
  readonly constantBytes: (root: Hex) => Uint8Array
}

/**
 * Derives the formulas of an exact graph (specs/formulas.md), the same whatever the lengths of its inputs. Throws `NoFormulasError`, with the node at
 * fault, where the graph is exact but no contract can judge it.
 */
export function formulasOf(graph: ExactGraph): Formulas {
  const constants = new Constants()
  const [least, greatest] = (['min', 'max'] as const).map((end) =>
    compileGraph(graph, bindGraph(graph, endDims(graph, end)), constants),
  ) as [CompiledEntry[], CompiledEntry[]]
  checkSame(least, greatest)
  const entries = greatest.map(({ tensor, bytes }) => ({ ...decodeFormula(bytes), tensor }))
  const outputs = outputsOf(graph, greatest)
  const inputs = graph.model.inputs.length
  const root = formulaRoot({ formulas: entries.map(({ bytes }) => bytes), inputs, outputs })
  return { entries, inputs, outputs, root, constantBytes: (of) => constants.bytes(of) }
}

function checkSame(least: readonly CompiledEntry[], greatest: readonly CompiledEntry[]): void {
  if (least.length !== greatest.length)
    throw new NoFormulasError(`its trace has ${least.length} to ${greatest.length} entries, depending on lengths`)
  for (const [i, { tensor, bytes }] of least.entries()) {
    const other = greatest[i]
    if (other?.tensor !== tensor || other.bytes.join() !== bytes.join())
      throw new NoFormulasError(`what makes the tensor "${tensor}" depends on lengths`)
  }
}

function outputsOf({ model }: ExactGraph, entries: readonly CompiledEntry[]): number[] {
  const outputs = model.outputs.map(({ name }) => entries.findIndex(({ tensor }) => tensor === name))
  const missing = model.outputs[outputs.indexOf(-1)]
  if (missing) throw new NoFormulasError(`the output "${missing.name}" is an input`)
  if (new Set(outputs).size !== outputs.length) throw new NoFormulasError('an output stands twice')
  return outputs
}
