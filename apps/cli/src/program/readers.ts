import { type ProviderRules, providerRules } from '@stoa/gateway/routing'
import { CHAT_FEATURES, type ChatFeature, readOutsideJson } from '@stoa/protocol'
import { InvalidArgumentError } from 'commander'
import { isAddress } from 'viem'

// Each reads one argument of the command line, and throws `InvalidArgumentError` with what to give instead.

/** Web addresses with commas between. */
export function urls(text: string): string[] {
  const given = text.split(',').map((url) => url.trim())
  if (!given.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    throw new InvalidArgumentError('Give http or https URLs, with commas between.')
  return given
}

/** An account or contract. */
export function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError('Give an address: 0x and 40 hexadecimal digits.')
  return text
}

/** A TCP port. */
export const port = whole(1, 65_535, 'a number from 1 to 65535')

/** A percentage that an owner may take. */
export const share = within(0, 50, 'a percentage from 0 to 50')

/** Of sampling, as OpenAI’s API has it. */
export const temperature = within(0, 2, 'a number from 0 to 2')

/** Where chance begins: the same seed, the same text. */
export const seed = whole(0, Number.MAX_SAFE_INTEGER, 'a whole number from 0 on')

/** A share from 0 to 1. */
export const chance = within(0, 1, 'a share from 0 to 1')

/** A number of tokens. */
export const tokens = whole(1, 1_000_000_000, 'a whole number of tokens')

/** What a chat server has. */
export function features(text: string): ChatFeature[] {
  return text.split(',').map((word) => {
    const feature = CHAT_FEATURES.find((each) => each === word.trim())
    if (!feature) throw new InvalidArgumentError(`"${word}" is none of ${CHAT_FEATURES.join(', ')}.`)
    return feature
  })
}

/** A small number of things. */
export const count = whole(1, 1000, 'a number from 1 to 1000')

/** Percentages with commas between. */
export function percents(text: string): number[] {
  const values = text.split(',').map(Number)
  if (!values.every((value) => Number.isInteger(value) && value >= 1 && value <= 100))
    throw new InvalidArgumentError('Give percentages from 1 to 100 with commas between them.')
  return values
}

/** Rules of routing (specs/routing.md) as JSON. */
export function rules(text: string): ProviderRules {
  const parsed = readOutsideJson(providerRules, text, 'This')
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(`Give rules as JSON, such as '{"sort":"latency"}'. ${parsed.words}`)
}

/** Three numbers with commas between. */
export function colours(text: string): readonly [number, number, number] {
  const [a, b, c, ...more] = text.split(',').map(Number)
  if (a === undefined || b === undefined || c === undefined || more.length > 0 || ![a, b, c].every(Number.isFinite))
    throw new InvalidArgumentError('Give three numbers with commas between them.')
  return [a, b, c]
}

function within(least: number, most: number, words: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`Give ${words}.`)
    return value
  }
}

function whole(least: number, most: number, words: string): (text: string) => number {
  const read = within(least, most, words)
  return (text) => {
    const value = read(text)
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`Give ${words}.`)
    return value
  }
}
