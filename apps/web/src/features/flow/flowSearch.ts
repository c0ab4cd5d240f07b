import { z } from 'zod'

/** Periods by their names in the address. */
export const PERIODS = {
  today: { words: 'Today', days: 1 },
  week: { words: 'Last 7 days', days: 7 },
  month: { words: 'Last 30 days', days: 30 },
  quarter: { words: 'Last 90 days', days: 90 },
  all: { words: 'From the beginning', days: undefined },
} as const
export type Period = keyof typeof PERIODS

export const DEFAULT_PERIOD = 'month'

export const flowSearch = z.object({
  /** The last 30 days, unless told. */
  period: z.enum(['today', 'week', 'month', 'quarter', 'all']).optional().catch(undefined),
})
