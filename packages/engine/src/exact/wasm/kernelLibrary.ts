import { encodeModule } from './emit/encodeModule.ts'
import { buildKernel, type Kernel } from './kernels/kernel.ts'

/** Kernels by key, each with a number. Those that are asked for the first time come as a module for every thread to compile. */
export class KernelLibrary {
  readonly #numbers = new Map<string, number>()

  numberOf(kernel: Kernel): number {
    const number = this.#numbers.get(kernel.key)
    if (number === undefined) throw new RangeError(`the kernel ${kernel.key} is not compiled`)
    return number
  }

  /** A module with those of the kernels that have none yet, exported by number; undefined if there are none such. */
  moduleFor(kernels: Iterable<Kernel>, shared: boolean): Uint8Array<ArrayBuffer> | undefined {
    const fresh: { name: string; kernel: Kernel }[] = []
    for (const kernel of kernels) {
      if (this.#numbers.has(kernel.key)) continue
      const number = this.#numbers.size
      this.#numbers.set(kernel.key, number)
      fresh.push({ name: String(number), kernel })
    }
    if (fresh.length === 0) return undefined
    return encodeModule(
      fresh.map(({ name, kernel }) => ({ name, body: buildKernel(kernel) })),
      shared,
    )
  }
}
