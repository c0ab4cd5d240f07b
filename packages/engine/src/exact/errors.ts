import { BaseError } from '@stoa/protocol'
import type { ExecutorKind } from './executor.ts'

/** No executor that was asked for gives exact answers on this machine. */
export class UnfitExecutorError extends BaseError {
  override name = 'UnfitExecutorError'
  constructor(kinds: readonly ExecutorKind[], failures: readonly string[]) {
    super(`The model can't be run by ${kinds.join(', ')} on this machine.`, {
      code: 'UNFIT_EXECUTOR',
      details: failures.join(' '),
      hint: 'Leave the choice of the executor open (auto), or choose wasm.',
    })
  }
}
