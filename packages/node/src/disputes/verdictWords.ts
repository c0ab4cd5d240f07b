import type { Verdict } from '@stoa/sdk'

/** What convicted, by the contract's numbers (contracts/src/interfaces/IGraphArbiter.sol, `Ground`). */
const GROUNDS = [
  'this node did not answer in time',
  'its run has another number of tensors than the model has formulas',
  'a tensor of its run has another type or shape than its formula gives',
  'an element of its run is not what its formula gives',
  'a step of a sum is not what its formula gives',
  'its response is not what its own run gives',
  'its receipt names other weights than the offer’s model version has',
  'its response is none that the task allows to the request, whatever the model computes',
  'a step between its networks is not what the task makes of it',
] as const

/** A verdict for the operator of the seller's node. Amounts in wei of the stake token. */
export function verdictWords(verdict: Verdict): string {
  if (!verdict.convicted)
    return 'Acquitted: nobody could show this answer to be wrong, and the bond pays for the trouble.'
  const { ground, taken, burned } = verdict
  const why = GROUNDS[ground] ?? `ground ${ground}`
  const cost =
    taken + burned > 0n ? `${taken + burned} wei of stake are gone` : 'an earlier verdict had taken all there was'
  return `Convicted: ${why}; ${cost}.`
}
