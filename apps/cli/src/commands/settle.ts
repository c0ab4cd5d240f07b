import { formatAmount } from '@stoa/protocol'
import { z } from 'zod'
import { order } from '../services/control.ts'
import { type Context, requireConfig } from './context.ts'
import { readAnswer } from './readAnswer.ts'

const summarySchema = z.looseObject({ settled: z.number(), refused: z.number(), paidWei: z.string() })

/** Has the running node settle all it is owed. */
export async function settle({ home, printer }: Context): Promise<void> {
  const { token } = await requireConfig(home)
  const summary = readAnswer(summarySchema, await order(home, 'settle'), 'What runs from this home')
  const { settled, refused, paidWei } = summary
  const words =
    settled + refused === 0
      ? 'Nothing is owed.'
      : `${settled} lane(s) settled for ${formatAmount(BigInt(paidWei), token)}`
  printer.result(summary, refused > 0 ? `${words}, ${refused} claim(s) refused.` : words)
}
