import { serverEvents } from '@stoa/protocol'
import * as z from 'zod/mini'
import { IndexAnswerError, IndexUnavailableError, InvalidRowsError } from './errors.ts'
import { type Question, readRows } from './question.ts'

/** How far an index is. */
export type IndexStatus = {
  /** Whether the chain's past is indexed. */
  ready: boolean
  chainId: number
  /** Last block in the tables, and its Unix second. */
  block: number
  at: number
}

export type IndexClient = {
  url: string
  /** Asks once. Throws `IndexUnavailableError`, `IndexAnswerError`. */
  ask<answer>(question: Question<answer>): Promise<answer>
  /**
   * Asks, and tells the answer now and whenever a block changed it, until `signal` ends it; then resolves. Rejects as `ask` does, also when
   * the index goes away: whoever still wants to know watches again.
   */
  watch<answer>(question: Question<answer>, tell: (answer: answer) => void, signal: AbortSignal): Promise<void>
  /** Throws `IndexUnavailableError`, `IndexAnswerError`. */
  status(): Promise<IndexStatus>
}

export type CreateIndexClientParameters = {
  /** Base URL of the index. */
  url: string
  /** Milliseconds for an answer; 5,000. */
  timeout?: number
}

const rowsSchema = z.object({ rows: z.array(z.unknown()) })
const statusSchema = z.object({
  chain: z.object({ id: z.int(), block: z.object({ number: z.int(), timestamp: z.int() }) }),
})

/**
 * A client of an index (specs/index.md), for browsers and servers.
 *
 * @example
 * const index = createIndexClient({ url: 'http://127.0.0.1:4703' })
 * const models = await index.ask(listModels({ limit: 20 }))
 */
export function createIndexClient({ url, timeout = 5_000 }: CreateIndexClientParameters): IndexClient {
  const base = url.replace(/\/+$/, '')
  const get = async (path: string, signal: AbortSignal) => {
    try {
      return await fetch(`${base}${path}`, { signal })
    } catch (cause) {
      throw new IndexUnavailableError(base, 'it does not answer', cause)
    }
  }
  const json = async (response: Response) => {
    const text = await response.text().catch((cause: unknown) => {
      throw new IndexUnavailableError(base, 'it broke off', cause)
    })
    if (response.status === 503) throw new IndexUnavailableError(base, "it still reads the chain's past")
    if (!response.ok) throw new IndexAnswerError(base, `${response.status}: ${text.slice(0, 500)}`)
    return text
  }
  const read = <value>(text: string, parse: (value: unknown) => value): value => {
    try {
      return parse(JSON.parse(text))
    } catch (cause) {
      throw new IndexAnswerError(base, cause instanceof InvalidRowsError ? cause.shortMessage : 'It is no JSON.', cause)
    }
  }
  const readAnswer =
    <answer>(question: Question<answer>) =>
    (value: unknown) =>
      question.read(readRows(rowsSchema, value).rows)

  return {
    url: base,
    async ask(question) {
      const response = await get(`/sql/db?${parameter(question)}`, AbortSignal.timeout(timeout))
      return read(await json(response), readAnswer(question))
    },
    async watch(question, tell, signal) {
      const response = await get(`/sql/live?${parameter(question)}`, signal)
      if (!response.ok || !response.body) await json(response)
      else for await (const data of serverEvents(response.body, signal)) tell(read(data, readAnswer(question)))
      if (!signal.aborted) throw new IndexUnavailableError(base, 'it went away')
    },
    async status() {
      const signal = AbortSignal.timeout(timeout)
      const [{ ok: ready }, status] = await Promise.all([get('/ready', signal), get('/status', signal)])
      const { chain } = read(await json(status), (value) => readRows(statusSchema, value))
      return { ready, chainId: chain.id, block: chain.block.number, at: chain.block.timestamp }
    },
  }
}

/** As `@ponder/client` sends a query: plain JSON in superjson's envelope. */
function parameter({ sql, params }: Question<unknown>): string {
  return new URLSearchParams({ sql: JSON.stringify({ json: { sql, params } }) }).toString()
}
