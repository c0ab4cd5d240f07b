import { rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { z } from 'zod'
import { CommandError, NotRunningError } from '../errors.ts'
import type { Home } from '../home/home.ts'
import { toJson } from '../output/printer.ts'

type Verb = 'status' | 'settle' | 'reload' | 'stop'
export type Orders = Record<Verb, () => Promise<unknown>>

const answerSchema = z.union([
  z.object({ result: z.unknown() }),
  z.object({ error: z.object({ message: z.string(), code: z.string().optional(), hint: z.string().optional() }) }),
])

/**
 * Takes orders for a running `stoa up` on a socket in its home, which only the folder's owner can reach. Resolves when it listens;
 * the value stops it.
 */
export async function listenForOrders(home: Home, orders: Orders): Promise<() => Promise<void>> {
  await rm(home.control, { force: true })
  const server = createServer(async (call, response) => {
    const order = new Map(Object.entries(orders)).get(call.url?.slice(1) ?? '')
    const answer = await (order?.() ?? Promise.reject(new Error(`There is no order ${call.url}.`))).then(
      (result) => ({ result: result ?? null }),
      (error: Error & { code?: string; hint?: string }) => ({
        error: { message: error.message, code: error.code, hint: error.hint },
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
export async function order(home: Home, verb: Verb): Promise<unknown> {
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: home.control, path: `/${verb}`, method: 'POST' }, async (response) => {
      response.setEncoding('utf8')
      let body = ''
      for await (const part of response) body += part
      resolve(body)
    })
    call.once('error', () => reject(new NotRunningError(home.folder)))
    call.end()
  })
  const answer = answerSchema.parse(JSON.parse(text))
  if ('error' in answer) {
    const { message, code, hint } = answer.error
    throw new CommandError(message, { ...(code && { code }), ...(hint && { hint }) })
  }
  return answer.result
}
