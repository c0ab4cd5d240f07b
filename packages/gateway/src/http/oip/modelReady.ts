import type { Handler } from 'hono'
import { WrongTaskError } from '../../errors.ts'
import type { Env, HttpContext } from '../context.ts'

/** `GET /v2/models/<model>/ready` (Open Inference Protocol): whether tensors can be bought from it now. Throws what finding the model throws. */
export function modelReady({ market }: Pick<HttpContext, 'market'>): Handler<Env> {
  return async (c) => {
    const name = c.req.param('model') ?? ''
    const { card } = await market.find(name)
    if (card.task !== 'graph')
      throw new WrongTaskError(name, card.task, 'GET /v1/models tells which model takes tensors ("task": "graph").')
    return c.json({ name, ready: true })
  }
}
