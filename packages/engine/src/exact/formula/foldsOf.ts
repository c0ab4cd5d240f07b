import { foldRuleOf, openComputation } from './compute/openComputation.ts'
import { type Fold, isFold, nodesOf } from './expression/schema.ts'
import type { FoldSize, Formula, Reader } from './types.ts'

/** The folds of a formula in the order in which they are written, and how they are cut. The same for all of the entry's elements. */
export function foldsOf({ expression }: Formula, reader: Reader): (FoldSize & { readonly node: Fold })[] {
  const of = openComputation(reader)
  return [...nodesOf(expression)].filter(isFold).map((node) => {
    const terms = foldRuleOf(node).terms(node, of)
    return { node, terms, chunk: node.chunk, chunks: Math.ceil(terms / node.chunk) }
  })
}
