import type { Hex } from '../hex.ts'

type Facts = { vocabulary: number; context: number; begin: readonly number[]; ends: readonly number[] }

const hex = (n: number, bytes: number) => n.toString(16).padStart(2 * bytes, '0')
const list = (ids: readonly number[]) => hex(ids.length, 1) + ids.map((id) => hex(id, 4)).join('')

/** generation.bin by the letter of specs/generation.md, as text in hexadecimal. */
export function referenceGenerationFile({ vocabulary, context, begin, ends }: Facts): Hex {
  return `0x01${hex(vocabulary, 4)}${hex(context, 4)}${list(begin)}${list(ends)}`
}

/** The files of specs/vectors/generation-file.json. */
export function generationFileVectors(): (Facts & { bytes: Hex })[] {
  const files: Facts[] = [
    { vocabulary: 2048, context: 256, begin: [0], ends: [0] },
    { vocabulary: 32_000, context: 4096, begin: [1], ends: [2] },
    { vocabulary: 128_256, context: 131_072, begin: [128_000], ends: [128_001, 128_008, 128_009] },
    { vocabulary: 3, context: 2, begin: [], ends: [0, 1, 2] },
    { vocabulary: 2 ** 24, context: 2 ** 24, begin: Array.from({ length: 124 }, (_, i) => i), ends: [2 ** 24 - 1] },
  ]
  return files.map((facts) => ({ ...facts, bytes: referenceGenerationFile(facts) }))
}
