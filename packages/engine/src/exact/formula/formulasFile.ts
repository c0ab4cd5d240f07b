import { FORMULAS_FILE, type Hex, hexToBytes } from '@stoa/protocol'
import { InvalidFormulasFileError } from './errors.ts'

const VERSION = 1

/** Most bytes: one leaf of the bundle's tree, so that a contract opens it whole. */
const MOST_BYTES = 512

export { FORMULAS_FILE }

/**
 * Contents of `formulas.bin` for the roots of all graphs of a bundle by their paths (specs/formulas.md, "What is committed"). A loader makes it anew and
 * compares. Throws `InvalidFormulasFileError` where one leaf does not hold it.
 */
export function formulasFile(roots: ReadonlyMap<string, Hex>): Uint8Array {
  const graphs = [...roots].sort(([a], [b]) => (a < b ? -1 : 1))
  const bytes = [VERSION, graphs.length]
  for (const [path, root] of graphs) {
    const name = new TextEncoder().encode(path)
    bytes.push(name.length, ...name, ...hexToBytes(root, 32))
  }
  if (graphs.length === 0) throw new InvalidFormulasFileError('there is no graph')
  if (bytes.length > MOST_BYTES)
    throw new InvalidFormulasFileError(
      `the names of ${graphs.length} graphs take ${bytes.length} bytes, at most ${MOST_BYTES} are possible`,
    )
  return Uint8Array.from(bytes)
}

/** Refuses a file that is not the one that these graphs have. */
export function checkFormulasFile(bytes: Uint8Array, roots: ReadonlyMap<string, Hex>): void {
  const expected = formulasFile(roots)
  if (bytes.length !== expected.length || bytes.some((byte, i) => byte !== expected[i]))
    throw new InvalidFormulasFileError(`it is not that of ${[...roots.keys()].join(', ')}`)
}
