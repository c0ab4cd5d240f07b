import { SPELLING_START, type Steps, spellSteps } from './spellSteps.ts'

/** Mean lead over the blank from which on characters count: less is texture. Odds of e² = 7.4. */
const SURE_FROM = 32

/**
 * Greedy decoding of connectionist temporal classification (Graves et al. 2006): runs of one class taken once, class 0 (blank) left out.
 * The space, which is the last class, counts once between two characters wherever it comes near. Gives '' where the characters' leads
 * over the blank, each the largest of its run, are too small on average.
 */
export function decodeSteps(steps: Steps, alphabet: readonly string[]): string {
  let last = SPELLING_START
  for (const spelled of spellSteps(steps, alphabet)) last = spelled
  return last.sum < SURE_FROM * last.characters ? '' : last.text
}
