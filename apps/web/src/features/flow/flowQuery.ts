import { greatestInFlow, valueFlow } from '@stoa/sdk/index-client'
import { asked, index } from '../../data/indexed.ts'
import { PERIODS, type Period } from './flowSearch.ts'

/** Who was paid for what in a period that ends with the day `to`: the greatest by themselves, all others together. */
export function flowQuery(period: Period, to: number) {
  const { days } = PERIODS[period]
  const range = { from: days === undefined ? 0 : to - days + 1, to }
  return asked(['flow', range.from, to], async () =>
    index.ask(valueFlow({ ...range, apart: await index.ask(greatestInFlow(range)) })),
  )
}
