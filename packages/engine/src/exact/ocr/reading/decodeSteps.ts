/** What the recogniser says along a strip, one step after the other. */
export type Steps = {
  /** The class with the highest score, the first of equals. */
  readonly best: Int32Array
  /** How far the blank and the space are behind it, two numbers a step: sixteenths of a natural logarithm of odds. */
  readonly leads: Int32Array
}

/**
 * A space this near to the best class is one: sixteenths of ln 50, rounded down. PP-OCRv4's recogniser gives the blank most of the weight of a space;
 * inference/ocr/recognise/decodeCtc.ts says what was measured.
 */
const SPACE_WITHIN = 62

/** Mean lead over the blank from which on characters count: less is texture. Odds of e² = 7.4. */
const SURE_FROM = 32

/**
 * Greedy decoding of connectionist temporal classification (Graves et al. 2006): runs of one class taken once, class 0 (blank) left out.
 * The space, which is the last class, counts once between two characters wherever it comes near. Gives '' where the characters' leads
 * over the blank, each the largest of its run, are too small on average.
 */
export function decodeSteps({ best, leads }: Steps, alphabet: readonly string[]): string {
  const space = alphabet.length
  const characters: string[] = []
  let [previous, spaced, lead, sum] = [0, false, 0, 0]
  for (let step = 0; step < best.length; step++) {
    const now = best[step] ?? 0
    if (now === 0 || now === space) spaced ||= (leads[2 * step + 1] ?? 0) <= SPACE_WITHIN
    else {
      if (now !== previous) {
        characters.push((spaced && characters.length > 0 ? ' ' : '') + (alphabet[now - 1] ?? ''))
        spaced = false
        lead = 0
      }
      const more = Math.max(lead, leads[2 * step] ?? 0)
      sum += more - lead
      lead = more
    }
    previous = now
  }
  return sum < SURE_FROM * characters.length ? '' : characters.join('')
}
