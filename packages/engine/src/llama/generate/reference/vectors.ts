import { chooseTokenLiterally } from './chooseTokenLiterally.ts'

export type ChoiceVector = {
  logits: number[]
  temperature: number
  topK: number
  topP: number
  /** The byte that the seed has 32 times. */
  seed: number
  index: number
  id: number
}

/** Choices for specs/vectors/generation.json: logits i follow from i² alone, settings at and between their limits. */
export function choiceVectors(): ChoiceVector[] {
  const logits = Array.from({ length: 40 }, (_, i) => ((i * i * 7919) % 9001) - 4000)
  const level = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 500 : 499))
  const settings = [
    [0, 0, 1_000_000],
    [1, 0, 1_000_000],
    [700, 0, 1_000_000],
    [1000, 5, 1_000_000],
    [1000, 0, 900_000],
    [4000, 10, 500_000],
    [4000, 0, 1],
  ] as const
  return [logits, level].flatMap((own) =>
    settings.flatMap(([temperature, topK, topP]) =>
      [0, 1, 255].map((seed, index) => {
        const bytes = new Uint8Array(32).fill(seed)
        const id = chooseTokenLiterally(own, temperature, topK, topP, bytes, index)
        return { logits: own, temperature, topK, topP, seed, index, id }
      }),
    ),
  )
}
