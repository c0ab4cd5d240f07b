import { rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { readAnswer } from '../commands/readAnswer.ts'
import { CommandError, NotRunningError } from '../errors.ts'
import type { Home } from '../home/home.ts'
import { toJson } from '../output/printer.ts'

type Verb = 'status' | 'settle' | 'reload' | 'stop' | 'publishDraft' | 'offerDraft' | 'stake'
/** What each order does; `body` is what came with it, to be parsed there. */
export type Orders = Record<Verb, (body: unknown) => Promise<unknown>>

const answerSchema = z.union([
  z.object({ result: z.unknown() }),
  z.object({
    error: z.object({
      message: z.string(),
      code: z.string().optional(),
      hint: z.string().optional(),
      retry: z.boolean().optional(),
    }),
  }),
])

/**
 * Takes orders for a running `stoa up` on a socket in its home, which only the folder's owner can reach. Resolves when it listens;
 * the value stops it.
 */
export async function listenForOrders(home: Home, orders: Orders): Promise<() => Promise<void>> {
  await rm(home.control, { force: true })
  const server = createServer(async (call, response) => {
    const order = new Map(Object.entries(orders)).get(call.url?.slice(1) ?? '')
    const body = await text(call).then((given): unknown => (given === '' ? undefined : JSON.parse(given)))
    const answer = await (order?.(body) ?? Promise.reject(new Error(`There is no order ${call.url}.`))).then(
      (result) => ({ result: result ?? null }),
      (error: Error & { code?: string; hint?: string; shortMessage?: string; retry?: boolean }) => ({
        error: { message: error.shortMessage ?? error.message, code: error.code, hint: error.hint, retry: error.retry },
      }),
    )
    response.end(toJson(answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(home.control, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Gives an order to the `stoa up` that runs from `home`. Throws `NotRunningError`, or `CommandError` with what went wrong there. */
export async function order(home: Home, verb: Verb, body?: unknown): Promise<unknown> {
  const said = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: home.control, path: `/${verb}`, method: 'POST' }, async (response) => {
      resolve(await text(response))
    })
    call.once('error', () => reject(new NotRunningError(home.folder)))
    call.end(body === undefined ? undefined : toJson(body))
  })
  const answer = readAnswer(answerSchema, JSON.parse(said), 'What runs from this home')
  if ('error' in answer) {
    const { message, code, hint, retry } = answer.error
    throw new CommandError(message, { ...(code && { code }), ...(hint && { hint }), ...(retry && { retry }) })
  }
  return answer.result
}
