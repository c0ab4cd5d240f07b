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

/** What is known of a strip's text after a step of its reading. */
export type Spelled = {
  /** How many characters have begun, and what they are, spaces before them included. */
  readonly characters: number
  readonly text: string
  /** Whether a gap since the last character was a space. */
  readonly spaced: boolean
  /** The last character's lead so far, and the sum of all characters' leads, it included. */
  readonly lead: number
  readonly sum: number
}

export const SPELLING_START: Spelled = { characters: 0, text: '', spaced: false, lead: 0, sum: 0 }

/** What is known after each step (specs/exact-ocr.md, "Text"): greedy decoding, one step after the other. */
export function* spellSteps({ best, leads }: Steps, alphabet: readonly string[]): Generator<Spelled, void> {
  const space = alphabet.length
  let { characters, text, spaced, lead, sum } = SPELLING_START
  for (let step = 0; step < best.length; step++) {
    const now = best[step] ?? 0
    if (now === 0 || now === space) spaced ||= (leads[2 * step + 1] ?? 0) <= SPACE_WITHIN
    else {
      if (step === 0 || now !== best[step - 1]) {
        text += (spaced && characters > 0 ? ' ' : '') + (alphabet[now - 1] ?? '')
        characters++
        spaced = false
        lead = 0
      }
      const more = Math.max(lead, leads[2 * step] ?? 0)
      sum += more - lead
      lead = more
    }
    yield { characters, text, spaced, lead, sum }
  }
}
