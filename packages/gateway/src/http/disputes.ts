import type { Handler } from 'hono'
import { describeDispute } from '../disputes/describeDispute.ts'
import type { Env, HttpContext } from './context.ts'

/** `GET /v1/disputes`: the newest, at most 100. */
export function listDisputes({ disputes, amount }: HttpContext): Handler<Env> {
  return (c) =>
    c.json({
      object: 'list',
      data: disputes.list().map((dispute) => {
        const { receipt, model, provider } = dispute
        return { object: 'stoa.dispute', receipt, model, provider, ...describeDispute(dispute, amount) }
      }),
    })
}
