import { loadExactGraph } from '../profile/index.ts'
import { formulasFile } from './formulasFile.ts'
import { formulasOf } from './formulasOf.ts'

/**
 * Contents of `formulas.bin` for a bundle's graphs, by their paths: what commits a model to being judged (specs/formulas.md). Throws `NoFormulasError` for a
 * graph that is exact but that no contract can judge, and what `loadExactGraph` throws.
 */
export function formulasOfBundle(graphs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return formulasFile(
    new Map(Object.entries(graphs).map(([path, bytes]) => [path, formulasOf(loadExactGraph(bytes)).root])),
  )
}
