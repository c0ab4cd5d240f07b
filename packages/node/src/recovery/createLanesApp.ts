import { type Address, readOutsideJson } from '@stoa/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ReadPayer } from '../chain/readPayer.ts'
import type { createBodyBudget } from '../http/readBody.ts'
import { readBody } from '../http/readBody.ts'
import { BadRequestError } from '../models/errors.ts'
import type { Payments } from '../payments/payments.ts'
import { takeLanes } from './takeLanes.ts'
import { tellLanes } from './tellLanes.ts'

export type LanesAppParameters = {
  payments: Payments
  provider: Address
  readPayer: ReadPayer
  budget: ReturnType<typeof createBodyBudget>
}

/** A hundred pairs of headers. */
const MAX_BODY = 128 << 10

const header = z.string().min(1).max(1_000)
const returned = z.object({
  lanes: z
    .array(z.object({ voucher: header, receipt: header }))
    .min(1)
    .max(100),
})
const asked = z.object({
  payer: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)]),
  at: z
    .int()
    .min(0)
    .max(2 ** 40),
  signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{128}$/)]),
})

/** `/v1/lanes` (specs/recovery.md): PUT returns what this node lost, POST asks for what a buyer lost. */
export function createLanesApp({ payments, provider, readPayer, budget }: LanesAppParameters): Hono {
  const read = async <T>(request: Request, schema: z.ZodType<T>): Promise<T> => {
    const memory = budget.reserve()
    try {
      const result = readOutsideJson(schema, await readBody(request, MAX_BODY, memory), 'The body')
      if (result.success) return result.data
      throw new BadRequestError(result.words, { hint: 'See specs/recovery.md.' })
    } finally {
      memory.free()
    }
  }
  return new Hono()
    .put('/', async (c) => c.json(takeLanes(payments, (await read(c.req.raw, returned)).lanes)))
    .post('/', async (c) =>
      c.json({ lanes: await tellLanes({ payments, provider, readPayer }, await read(c.req.raw, asked)) }),
    )
}
