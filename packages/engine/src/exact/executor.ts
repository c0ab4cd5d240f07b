import type { Value } from './value.ts'

export const EXECUTORS = ['wasm', 'onnxruntime', 'reference'] as const
export type ExecutorKind = (typeof EXECUTORS)[number]

export type WatchOptions = {
  /** Gets each watched tensor once. It must not keep or change the memory that it is given. */
  watch(name: string, value: Value): void
  /** Names of the tensors to show; all carried outputs of nodes where left out. */
  names?: ReadonlySet<string>
  /** Most bytes of watched tensors to hold at a time; an executor runs the graph as often as it takes. */
  segmentBytes?: number
}

/** Something that computes an exact graph. All executors give the same values, and show the same tensors, to the bit. */
export interface Executor {
  readonly kind: ExecutorKind
  /**
   * Values of the graph's outputs for those of its inputs. Throws `InvalidExactModelError` when the lengths break the graph's bounds.
   * Runs may overlap.
   */
  run(inputs: ReadonlyMap<string, Value>, options?: Partial<WatchOptions>): Promise<ReadonlyMap<string, Value>>
  /** Frees what the executor holds; called once, when no run is under way. */
  close(): Promise<void>
}
