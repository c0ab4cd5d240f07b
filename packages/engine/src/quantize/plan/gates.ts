import type { Uses } from '../float/simplify/uses.ts'

/** The operand of a product that nobody else reads, and whose grid is free to choose. */
export function gateOf(step: { readonly a: string; readonly b: string }, uses: Uses): string | undefined {
  const free = (name: string) => {
    const op = uses.maker(name)?.op
    return uses.isPrivate(name) && (op === 'conv' || op === 'linear' || op === 'function')
  }
  return free(step.b) ? step.b : free(step.a) ? step.a : undefined
}
