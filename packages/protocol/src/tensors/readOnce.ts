import type { Tensor } from './tensor.ts'

/** `read`, which reads the same list of tensors once: a request is read by whoever counts, checks and answers it, and nobody changes its tensors. Throws what `read` throws. */
export function readOnce<T>(read: (tensors: readonly Tensor[]) => T): (tensors: readonly Tensor[]) => T {
  const known = new WeakMap<readonly Tensor[], { value: T }>()
  return (tensors) => {
    const found = known.get(tensors)
    if (found) return found.value
    const value = read(tensors)
    known.set(tensors, { value })
    return value
  }
}
