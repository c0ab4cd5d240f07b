import type { ExactGraph } from '../../profile/index.ts'
import type { Heap } from '../heap.ts'
import { SLACK_BYTES } from '../kernels/kernel.ts'
import type { Home } from './view.ts'

/** Constants of a graph in the forms that kernels want, each placed once, when a plan first needs it. */
export class WeightStore {
  readonly #heap: Heap
  /** Names of constants that do not hang on the lengths of inputs. */
  readonly #fixed: ReadonlySet<string>
  readonly #placed = new Map<string, Home>()

  constructor(heap: Heap, { model }: ExactGraph) {
    this.#heap = heap
    const fixed = new Set(model.initializers.keys())
    for (const { op, inputs, outputs } of model.nodes) {
      if (op === 'Shape' || !inputs.every((name) => name === '' || fixed.has(name))) continue
      for (const name of outputs) fixed.add(name)
    }
    this.#fixed = fixed
  }

  /** Where a form of a constant lies; undefined for a constant that hangs on lengths, which is not kept. */
  place(name: string, form: string, bytes: () => Uint8Array): Home | undefined {
    if (!this.#fixed.has(name)) return undefined
    const key = `${name} ${form}`
    const known = this.#placed.get(key)
    if (known) return known
    const data = bytes()
    const address = this.#heap.allocate(data.length + SLACK_BYTES)
    this.#heap.write(address, data)
    const home: Home = { kind: 'weights', address }
    this.#placed.set(key, home)
    return home
  }
}
