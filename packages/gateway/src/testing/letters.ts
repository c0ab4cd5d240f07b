const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
const RESERVED = ['unknown', 'start', 'end', 'a spare', 'another', 'a third']

/** A vocab.json in which every small letter is a piece, also one that begins a word: `hello` has five tokens. */
export function lettersVocabulary(): Uint8Array {
  // Better than no piece and the letter: what begins nowhere counts as 0 (specs/tasks.md, "Pieces").
  const first = LETTERS.map((letter) => [`\u2581${letter}`, -0.5])
  const pieces = [...RESERVED.map((name) => [name, 0]), ...first, ...LETTERS.map((letter) => [letter, -1])]
  return new TextEncoder().encode(JSON.stringify(pieces))
}

/** The ids of a word of small letters by it. */
export function idsOfWord(word: string): Uint32Array {
  return Uint32Array.from([...word], (letter, i) => {
    return RESERVED.length + LETTERS.indexOf(letter) + (i === 0 ? 0 : LETTERS.length)
  })
}
