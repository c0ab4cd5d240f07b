import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { bodyBudget } from './bodyBudget.ts'
import type { Env } from './context.ts'
import { errorResponse } from './errorResponse.ts'

function open() {
  const gate = Promise.withResolvers<void>()
  const app = new Hono<Env>()
  app.onError(errorResponse)
  app.post('/', bodyBudget({ bodyBytes: 60, bodyBytesAtOnce: 100 }), async (c) => {
    const text = await c.req.text()
    await gate.promise
    return c.text(text)
  })
  const post = (bytes: number, headers: Record<string, string> = { 'content-length': `${bytes}` }) =>
    app.request('/', { method: 'POST', body: 'x'.repeat(bytes), headers })
  return { gate, post }
}

it('refuses what would be more at once than there is memory for, and takes it once the others are answered', async () => {
  const { gate, post } = open()
  const first = [post(50), post(50)]
  const refused = await post(1)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('x-should-retry')).toBe('true')
  expect(await refused.json()).toMatchObject({ error: { code: 'overloaded' } })
  gate.resolve()
  for (const { status } of await Promise.all(first)) expect(status).toBe(200)
  expect((await post(60)).status).toBe(200)
})

it('counts a body without a stated length as far as it was read', async () => {
  const { gate, post } = open()
  const first = post(1, {})
  const second = post(60, {})
  const third = await post(40, {})
  expect(third.status).toBe(429)
  expect(await third.json()).toMatchObject({ error: { code: 'overloaded' } })
  const fourth = post(39, {})
  gate.resolve()
  expect((await first).status).toBe(200)
  expect(await (await second).text()).toBe('x'.repeat(60))
  expect((await fourth).status).toBe(200)
  expect((await post(100, {})).status).toBe(200)
})
