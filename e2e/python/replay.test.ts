import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openChatMarket } from '../backends/chatMarket.ts'

/** What the official Python client sent when it was recorded (record.ts), and what it was answered. */
const recorded = z
  .object({
    client: z.string(),
    exchanges: z.array(
      z.object({
        request: z.object({
          method: z.string(),
          url: z.string(),
          headers: z.record(z.string(), z.string()),
          body: z.string(),
        }),
        response: z.object({ status: z.int(), type: z.string() }),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(new URL('fixtures/openai.json', import.meta.url), 'utf8')))

let market: Awaited<ReturnType<typeof openChatMarket>>
beforeAll(async () => {
  market = await openChatMarket()
})
afterAll(() => market?.close())

test.each(recorded.exchanges.map((each, i) => [i, each.request.method, each.request.url, each] as const))(
  'exchange %i, %s %s, is answered as it was then',
  async (_, method, url, { request, response }) => {
    const { headers, body } = request
    const answer = await fetch(`${market.url}${url}`, { method, headers, ...(body && { body }) })
    const told = await answer.text()
    expect({ status: answer.status, type: answer.headers.get('content-type')?.split(';')[0] }).toEqual(response)
    if (response.type === 'application/json') expect(JSON.parse(told)).toBeTypeOf('object')
    else expect(told.endsWith('data: [DONE]\n\n') || told.includes('"stream_broken"')).toBe(true)
  },
)

test('they are of the client as people have it', () => {
  expect(recorded.client).toMatch(/^openai \d+\.\d+\.\d+ for Python$/)
  expect(recorded.exchanges.length).toBeGreaterThan(8)
  expect(recorded.exchanges.every(({ request }) => request.headers['user-agent']?.startsWith('OpenAI/Python'))).toBe(
    true,
  )
})
