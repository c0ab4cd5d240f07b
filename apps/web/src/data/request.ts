import { BaseError } from '@stoa/protocol'
import { z } from 'zod'

/** A part of the home refused, or could not be reached. `message` is for people: what happened, and what to try. */
export class RequestError extends BaseError {
  override name = 'RequestError'
  readonly status: number
  constructor(message: string, options: { code: string; status: number; hint?: string; retry?: boolean }) {
    super(message, options)
    this.status = options.status
  }
}

const refusal = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) })

export type RequestParameters = {
  /** Sent as JSON; a `Blob` is sent as it is. */
  body?: unknown
  /** POST where there is a body, else GET. */
  method?: 'PUT' | 'DELETE'
  signal?: AbortSignal | undefined
}

/** Calls what is behind `/api` and hands on what it answers. Throws `RequestError`. */
export async function send(path: string, { body, method, signal }: RequestParameters = {}): Promise<Response> {
  const isFile = body instanceof Blob
  const type = isFile ? 'application/octet-stream' : 'application/json'
  const post = { method: 'POST', headers: { 'content-type': type }, body: isFile ? body : JSON.stringify(body) }
  const init = { ...(body !== undefined && post), ...(method && { method }), ...(signal && { signal }) }
  const response = await fetch(path, init).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new RequestError('Stoa does not answer.', {
      ...{ code: 'UNREACHABLE', status: 0, retry: true },
      hint: 'Look at the terminal where it runs; start it again with “npm start” if it has ended. This page goes on by itself.',
    })
  })
  if (response.ok) return response
  const parsed = refusal.safeParse(await response.json().catch(() => undefined))
  const [message = `It was refused (${response.status}).`, ...hints] = parsed.data?.error.message.split('\n') ?? []
  throw new RequestError(message, {
    code: parsed.data?.error.code ?? 'REFUSED',
    status: response.status,
    ...(hints.length > 0 && { hint: hints.join(' ') }),
    retry: response.headers.get('x-should-retry') === 'true',
  })
}

/** Calls what is behind `/api` and reads its answer by `schema`. Throws `RequestError`. */
export async function request<T>(path: string, schema: z.ZodType<T>, parameters?: RequestParameters): Promise<T> {
  const response = await send(path, parameters)
  return readAs(schema, await response.text().catch(() => ''), response.status)
}

/** What an answer's text says, by `schema`. Throws `RequestError`. */
export function readAs<T>(schema: z.ZodType<T>, text: string, status: number): T {
  const parsed = schema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new RequestError('The answer could not be read.', {
    ...{ code: 'UNREADABLE', status },
    hint: 'The page and what runs behind it may be of different versions: reload the page.',
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
