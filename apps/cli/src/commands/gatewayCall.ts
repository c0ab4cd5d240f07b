import { readOutsideJson } from '@stoa/protocol'
import { z } from 'zod'
import { CommandError, NotRunningError } from '../errors.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { ownerHeaders } from '../home/ownerKey.ts'
import { readAnswer, UnreadableAnswerError } from './readAnswer.ts'

const errorSchema = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) })

/** Calls the home's own gateway. Throws `NotRunningError`, `UnreadableAnswerError`, or `CommandError` with what the gateway said. */
export async function gatewayCall(
  home: Home,
  config: Config,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<unknown> {
  const url = `http://127.0.0.1:${config.ports.gateway}${path}`
  const owner = await ownerHeaders(home, config)
  const sent = { headers: { ...owner, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url, { method, ...(body === undefined ? { headers: owner } : sent) }).catch(() => {
    throw new NotRunningError(home.folder)
  })
  const answer = readOutsideJson(z.unknown(), await response.text(), 'It')
  if (!answer.success) throw new UnreadableAnswerError('The gateway', answer.words)
  if (response.ok) return answer.data
  const { error } = readAnswer(errorSchema, answer.data, 'The gateway')
  throw new CommandError(error.message, { ...(error.code && { code: error.code }), retry: response.status >= 500 })
}
