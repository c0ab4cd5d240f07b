import type { BoundGraph } from '../profile/boundGraph.ts'
import { isCarried, type StoredType } from '../profile/facts.ts'

/** A tensor that a trace commits to: its place there, its name in the graph, and how it is stored. */
export type TraceEntry = {
  readonly index: number
  readonly tensor: string
  readonly stored: StoredType
  /** As in the graph. */
  readonly dims: readonly number[]
}

/** What the trace of a bound graph is made of, in its order: every carried output of a node that depends on the inputs. */
export function traceEntries({ nodes, facts }: BoundGraph): TraceEntry[] {
  const carried = nodes
    .flatMap((node) => node.outputs)
    .flatMap((tensor) => {
      const known = facts.get(tensor)
      return known && isCarried(known) ? [{ tensor, stored: known.stored, dims: known.dims }] : []
    })
  return carried.map((entry, index) => ({ index, ...entry }))
}

/** Name of an entry's tensor under its digest. */
export const entryName = (index: number): string => `t${index}`
