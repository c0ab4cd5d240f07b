import { sellerCall } from '../callOf.ts'
import type { Case } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { sellerMove } from '../sellerMove.ts'
import type { Play } from './playAnswer.ts'

/** A seller that posts a run as it is, and says of folds what a case about it says. */
export const posting =
  (run: OwnRun, { foldStates }: Pick<Case, 'foldStates'>): Play =>
  async ({ state, folds }) => {
    const move = await sellerMove(run, state, folds, foldStates)
    return move ? { step: 'call', call: sellerCall(move) } : { step: 'wait' }
  }
