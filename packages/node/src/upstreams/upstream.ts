import { BaseError, type ModelCard } from '@stoa/protocol'

/** How a server by URL is asked: OpenAI's chat completions and embeddings, or the Open Inference Protocol v2. */
export const UPSTREAM_PROTOCOLS = ['openai', 'oip'] as const
export type UpstreamProtocol = (typeof UPSTREAM_PROTOCOLS)[number]

/** Whether servers of a protocol answer a task. */
export function doesTask(protocol: UpstreamProtocol, task: ModelCard['task']): boolean {
  return protocol === 'openai' ? task === 'chat' || task === 'embedding' : task !== 'chat'
}

/** A server that answers in place of this node's engine (specs/backends.md). */
export type Upstream = {
  protocol: UpstreamProtocol
  /** Base URL: of `openai` as its clients have it, with `/v1`; of `oip` without `/v2`. */
  url: string
  /** What the model is called there. */
  model: string
  /** Sent as a bearer, to this server alone. */
  key?: string | undefined
}

/** An upstream that can't be one, or can't serve what it is to serve. */
export class InvalidUpstreamError extends BaseError {
  override name = 'InvalidUpstreamError'
  constructor(why: string, hint: string) {
    super(`This upstream can't be used: ${why}.`, { code: 'INVALID_UPSTREAM', hint })
  }
}

/** The upstream with its URL in one spelling. Throws `InvalidUpstreamError` for what is no base URL or no key. */
export function checkUpstream({ url, key, ...rest }: Upstream): Upstream {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new InvalidUpstreamError('its URL is none', 'Give a URL with http:// or https://.')
  if (parsed.username || parsed.password || parsed.search || parsed.hash)
    throw new InvalidUpstreamError(
      'its URL holds more than an address',
      'Leave out user, password, query and fragment; a key goes into a file of its own.',
    )
  // What a header may hold; a line feed at the end of the file is the editor's.
  const bearer = key?.trim()
  if (bearer !== undefined && !/^[\x21-\x7e]{1,4096}$/.test(bearer))
    throw new InvalidUpstreamError('its key is none', 'Put the key alone into the file, on one line.')
  return { ...rest, url: parsed.href.replace(/\/+$/, ''), ...(bearer !== undefined && { key: bearer }) }
}
