import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex } from '../columns.ts'
import { first, type Question, question } from '../question.ts'

const earningsSchema = z.object({ account: hex, credited: big, withdrawn: big })

/** Wei credited to an account in all, and withdrawn of it. */
export type Earnings = z.output<typeof earningsSchema>

export type GetEarningsParameters = { account: Address }

/** What an account earned; undefined if nothing ever. */
export function getEarnings({ account }: GetEarningsParameters): Question<Earnings | undefined> {
  return first(question(earningsSchema, 'select * from earnings where account = $1', [account.toLowerCase()]))
}
