import type { TextToEncode } from '@stoa/engine/codec'
import type { ModelCard } from '@stoa/protocol'
import { BadRequestError } from '../../errors.ts'
import type { ChatBody } from './body.ts'

/** Where a card says nothing: what is written is continued. */
const PLAIN = { before: '', after: '\n' }

/** Roles of OpenAI's messages, as cards name them. */
const ROLES: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  ...{ system: 'system', developer: 'system', user: 'user', assistant: 'assistant' },
}

/** A part of a prompt: words of the card, in which special tokens count, or of a message, in which they don't. */
type Part = { readonly text: string; readonly isOwn: boolean }

/**
 * The text that a model is to go on from: each message between the words of its role (the card's `chat`), then the words with which an
 * answer begins. Names of special tokens count in the card's words alone. Words without such a token are text like any other, and one message must not read as several: so in what
 * users and models say, a line that would begin a turn is moved by a blank. Throws `BadRequestError` for messages that hold more than text.
 */
export function promptOf({ messages }: Pick<ChatBody, 'messages'>, chat: ModelCard['chat']): TextToEncode {
  const openings = openingsOf(chat)
  const own = (text: string): Part => ({ text, isOwn: true })
  const parts = messages.flatMap(({ role, content }, i): Part[] => {
    const known = ROLES[role]
    if (!known)
      throw new BadRequestError(`Messages of role "${role}" can't be taken.`, {
        param: `messages.${i}.role`,
        hint: 'Write what was said as messages of the roles system, user and assistant.',
      })
    const { before, after } = chat?.[known] ?? PLAIN
    const text = textOf(content, i)
    // What the system says is the developer's own, examples of turns among it.
    const said = known === 'system' ? text : withoutTurns(text, openings, before)
    return [own(before), { text: said, isOwn: false }, own(after)]
  })
  // A blank before the answer would be a token that the model never saw there.
  return joined([...parts, own((chat?.assistant.before ?? '').replace(/ +$/, ''))])
}

/** The parts as one text, with the places of the card's words in its bytes. */
function joined(parts: readonly Part[]): TextToEncode {
  let at = 0
  const specials = parts.flatMap(({ text, isOwn }): [number, number][] => {
    const from = at
    at += Buffer.byteLength(text)
    return isOwn && text !== '' ? [[from, at]] : []
  })
  return { text: parts.map(({ text }) => text).join(''), specials }
}

/** What a line begins with where a turn begins. */
function openingsOf(chat: ModelCard['chat']): string[] {
  const words = chat ? [chat.system, chat.user, chat.assistant] : []
  return words.map(({ before }) => before.trim().split('\n')[0] ?? '').filter((opening) => opening !== '')
}

function withoutTurns(text: string, openings: readonly string[], before: string): string {
  const isFirstLine = before === '' || before.endsWith('\n')
  const opens = (line: string, i: number) => (i > 0 || isFirstLine) && openings.some((own) => line.startsWith(own))
  return text
    .split('\n')
    .map((line, i) => (opens(line, i) ? ` ${line}` : line))
    .join('\n')
}

function textOf(content: ChatBody['messages'][number]['content'], i: number): string {
  if (content === null || content === undefined || typeof content === 'string') return content ?? ''
  return content
    .map(({ type, text }) => {
      if (type === 'text') return text ?? ''
      throw new BadRequestError(`Parts of type "${type}" can't be taken: the model reads text.`, {
        param: `messages.${i}.content`,
        hint: 'GET /v1/models tells which model reads images.',
      })
    })
    .join('')
}
