import type { ModelCard } from '@stoa/protocol'
import { BadRequestError } from '../../errors.ts'
import type { ChatBody } from './body.ts'

/** Where a card says nothing: what is written is continued. */
const PLAIN = { before: '', after: '\n' }

/** Roles of OpenAI's messages, as cards name them. */
const ROLES: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  ...{ system: 'system', developer: 'system', user: 'user', assistant: 'assistant' },
}

/**
 * The text that a model is to go on from: each message between the words of its role (the card's `chat`), then the words with which an
 * answer begins. Throws `BadRequestError` for messages that hold more than text.
 */
export function promptOf({ messages }: Pick<ChatBody, 'messages'>, chat: ModelCard['chat']): string {
  const said = messages.map(({ role, content }, i) => {
    const known = ROLES[role]
    if (!known)
      throw new BadRequestError(`Messages of role "${role}" can't be taken.`, {
        param: `messages.${i}.role`,
        hint: 'Write what was said as messages of the roles system, user and assistant.',
      })
    const { before, after } = chat?.[known] ?? PLAIN
    return `${before}${textOf(content, i)}${after}`
  })
  // A space before the answer would be a token that the model never saw there.
  return `${said.join('')}${(chat?.assistant.before ?? '').trimEnd()}`
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
