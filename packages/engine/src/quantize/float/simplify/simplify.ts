import { prune } from '../prune.ts'
import type { FloatGraph } from '../step.ts'
import { foldForward } from './foldForward.ts'
import { gatherFunctions } from './gatherFunctions.ts'
import { gatherGates } from './gatherGates.ts'
import { recogniseHardSwish } from './recogniseHardSwish.ts'
import { recogniseLayerNorm } from './recogniseLayerNorm.ts'
import { spellAffines } from './spellAffines.ts'

/** The same function in fewer and larger steps. Tensors that are left keep their names and their values. */
export function simplify(graph: FloatGraph): FloatGraph {
  const passes = [
    recogniseHardSwish,
    gatherGates,
    foldForward,
    recogniseLayerNorm,
    gatherFunctions,
    spellAffines,
    foldForward,
  ]
  return passes.reduce((before, pass) => {
    const after = pass(before)
    return { ...after, steps: prune(after.steps, after.outputs) }
  }, graph)
}
