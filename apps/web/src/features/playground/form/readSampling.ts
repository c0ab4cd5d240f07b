/** How a text is drawn, as a person typed it. */
export type SamplingTexts = { maxTokens: string; temperature: string; seed: string }

export type Sampling = { maxTokens: number; temperature: number; seed: number | undefined }

/** What a gateway takes at most (specs/gateway-http.md). */
const MOST_TOKENS = 4_096
const MOST_TEMPERATURE = 2

/** Reads what was typed; `sampling` where nothing is wrong with it, `errors` in words of what is. */
export function readSampling(texts: SamplingTexts): {
  sampling: Sampling | undefined
  errors: Partial<Record<keyof SamplingTexts, string>>
} {
  const { maxTokens, temperature, seed } = {
    maxTokens: texts.maxTokens.trim(),
    temperature: texts.temperature.trim(),
    seed: texts.seed.trim(),
  }
  const tokens = /^\d{1,4}$/.test(maxTokens) ? Number(maxTokens) : 0
  const isWarm = /^\d(\.\d{1,6})?$/.test(temperature) && Number(temperature) <= MOST_TEMPERATURE
  const isSeed = /^\d{0,15}$/.test(seed)
  const errors = {
    ...((tokens < 1 || tokens > MOST_TOKENS) && { maxTokens: `A whole number from 1 to ${MOST_TOKENS}.` }),
    ...(!isWarm && { temperature: `A number from 0 to ${MOST_TEMPERATURE}.` }),
    ...(!isSeed && { seed: 'A whole number of at most 15 digits, or nothing.' }),
  }
  if (Object.keys(errors).length > 0) return { sampling: undefined, errors }
  const drawn = { maxTokens: tokens, temperature: Number(temperature), seed: seed === '' ? undefined : Number(seed) }
  return { sampling: drawn, errors }
}
