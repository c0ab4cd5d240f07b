import type { NodeContext } from '../rule.ts'

/** Shape of two operands side by side (NumPy's rules); refuses those that do not match. */
export function broadcast(node: NodeContext, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [p = 1, q = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]]
    if (p === q || q === 1) return p
    return p === 1 ? q : node.refuse(`[${a.join(', ')}] and [${b.join(', ')}] do not match`)
  })
}
