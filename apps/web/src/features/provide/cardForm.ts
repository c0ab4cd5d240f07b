import { MAX_CARD_BYTES, readOutside } from '@stoa/protocol'
import { type DraftCard, draftCardSchema } from '../../data/draft.ts'

/** A card as it is typed. `rest` came with a card.json and or from a server, and has no field here: metrics, the words of a chat, what its server takes. */
export type CardForm = {
  name: string
  task: DraftCard['task']
  exact: 'exact' | 'rounding'
  title: string
  description: string
  licence: string
  source: string
  languages: string
  rest: Pick<DraftCard, 'chat' | 'metrics' | 'features' | 'context' | 'dimensions'>
}

export const EMPTY_FORM: CardForm = {
  ...{ name: '', task: 'graph', exact: 'rounding', title: '', description: '', licence: '', source: '', languages: '' },
  rest: {},
}

export function formOf({
  languages,
  profile,
  chat,
  metrics,
  features,
  context,
  dimensions,
  ...words
}: DraftCard): CardForm {
  const rest = {
    ...(chat && { chat }),
    ...(metrics && { metrics }),
    ...(features && { features }),
    ...(context !== undefined && { context }),
    ...(dimensions !== undefined && { dimensions }),
  }
  return { ...words, exact: profile ? 'exact' : 'rounding', languages: languages?.join(', ') ?? '', rest }
}

export type CardErrors = Partial<Record<keyof DraftCard, string>>

const NEEDED = ['name', 'title', 'description', 'licence', 'source'] as const
const HINTS: CardErrors = {
  name: 'Small letters, digits, dots, dashes and underscores, at most one slash, 80 characters.',
  languages: 'Codes of at most 20 characters each, such as en, with commas between.',
}

/** What was typed as a card, or what is wrong with it, field by field. */
export function readForm({ exact, languages, rest, ...words }: CardForm): { card?: DraftCard; errors: CardErrors } {
  const empty = NEEDED.filter((field) => words[field].trim() === '')
  const codes = languages.split(',').flatMap((code) => code.trim() || [])
  const result = readOutside(
    draftCardSchema,
    {
      ...words,
      ...rest,
      ...(exact === 'exact' && { profile: 'exact/1' }),
      ...(codes.length > 0 && { languages: codes }),
    },
    'The card',
  )
  const problems = result.success ? [] : result.problems
  const errors: CardErrors = Object.fromEntries([
    ...problems.map(({ path: [field], says }) => [field, HINTS[field as keyof DraftCard] ?? `This ${says}.`]),
    ...empty.map((field) => [field, 'This is needed.']),
  ])
  return { errors, ...(result.success && empty.length === 0 && { card: result.data }) }
}

/** What an author's card.json says, as far as it is a card's; undefined where it is none. */
export async function readCardFile(file: Blob): Promise<CardForm | undefined> {
  if (file.size > MAX_CARD_BYTES) return undefined
  try {
    const result = draftCardSchema.safeParse(JSON.parse(await file.text()))
    return result.success ? formOf(result.data) : undefined
  } catch {
    return undefined
  }
}
