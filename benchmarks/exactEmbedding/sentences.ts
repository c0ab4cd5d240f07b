import { readFile } from 'node:fs/promises'

/** Sentences that the exact model's steps are settled on; no other use may be made of them where it is judged. */
const CALIBRATED = 250
/** Languages that TypeScript says its messages in. */
const LANGUAGES = ['cs', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt-br', 'ru', 'tr', 'zh-cn', 'zh-tw']
/** Of some 2,000 messages each, one in so many. */
const THINNED = 20

export const calibrationSentences = async (): Promise<string[]> => (await heldOut()).slice(0, CALIBRATED)

/** 1,350 sentences of encyclopaedic and narrative English. */
export const judgedSentences = async (): Promise<string[]> => (await heldOut()).slice(CALIBRATED)

/** 1,391 technical messages in 13 languages, none of which the model was made for. */
export async function judgedMessages(): Promise<string[]> {
  const texts = LANGUAGES.map(async (language) => {
    const file = import.meta.resolve(`typescript/lib/${language}/diagnosticMessages.generated.json`)
    const messages: string[] = Object.values(JSON.parse(await readFile(new URL(file), 'utf8')))
    return messages.filter((_, i) => i % THINNED === 0)
  })
  return (await Promise.all(texts)).flat()
}

/** Sentences of usual length of the text that the language model is judged by. */
async function heldOut(): Promise<string[]> {
  const text = await readFile(new URL('../../models/stoa-scribe/heldout.txt', import.meta.url), 'utf8')
  return text
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]["']?) (?=["'A-Z])/)
    .filter(({ length }) => length > 20 && length < 300)
}
