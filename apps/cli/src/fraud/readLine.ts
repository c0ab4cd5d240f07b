import type { Value } from '@stoa/engine/exact'

/** Characters by class, from a recogniser's keys.txt: 0 is the blank, the last class the space. */
export type Alphabet = readonly string[]

export const alphabetOf = (keys: string): Alphabet => ['', ...keys.replace(/\r?\n$/, '').split(/\r?\n/), ' ']

/** The text of a line from the best class at each step: what repeats counts once, blanks part what does not. */
export function readLine(alphabet: Alphabet, best: Iterable<number | bigint>): string {
  let text = ''
  let last = 0
  for (const value of best) {
    const chosen = Number(value)
    if (chosen !== last) text += alphabet[chosen] ?? ''
    last = chosen
  }
  return text
}

/** The text that a run's output `best` says. */
export const textOf = (alphabet: Alphabet, outputs: ReadonlyMap<string, Value>): string =>
  readLine(alphabet, outputs.get('best')?.data ?? [])
