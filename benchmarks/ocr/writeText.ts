import type { Random } from './random.ts'

const WORDS = [
  'market',
  'Stoa',
  'answer',
  'price',
  'open',
  'coffee',
  'bread',
  'water',
  'morning',
  'street',
  'number',
  'please',
  'ring',
  'bell',
  'Athens',
  'teacher',
  'public',
  'notice',
  'closed',
  'Monday',
  'Friday',
  'winter',
  'garden',
  'museum',
  'ticket',
  'adult',
  'child',
  'entrance',
  'exit',
  'left',
  'right',
  'floor',
  'office',
  'keys',
  'model',
  'weights',
  'proof',
  'ledger',
  'deposit',
  'receipt',
  'voucher',
  'buyer',
  'seller',
  'quality',
  'justice',
  'wisdom',
  'courage',
  'of',
  'the',
  'and',
  'to',
  'in',
  'for',
  'with',
  'by',
  'Quick',
  'fox',
  'jumps',
  'over',
  'lazy',
  'dog',
  'Zeno',
  'Kition',
  'pixel',
  'vector',
  'budget',
  'harbour',
  'weather',
  'Saturday',
] as const

/** Words, prices, dates and codes such as signs, bills and letters hold; about `words` of them. */
export function writeLine(random: Random, words: number): string {
  return Array.from({ length: words }, (_, i) => token(random, i === 0)).join(' ')
}

function token(random: Random, first: boolean): string {
  const kind = random.next()
  if (kind < 0.08) return `${random.whole(1, 99)}.${random.whole(10, 99)}`
  if (kind < 0.12) return `${random.whole(1, 28)}/${random.whole(1, 12)}/20${random.whole(10, 40)}`
  if (kind < 0.15) return `${random.pick(['AX', 'KT', 'B', 'MR'])}-${random.whole(100, 9999)}`
  const word = random.pick(WORDS)
  if (first || kind < 0.2) return word.charAt(0).toUpperCase() + word.slice(1)
  if (kind < 0.24) return word.toUpperCase()
  return kind < 0.3 ? `${word},` : word
}
